import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { floorAtOrBefore } from "../../lib/billing/anchors.ts";
import { explainHour } from "../../lib/billing/explain.ts";
import { type Fold, fold } from "../../lib/billing/fold.ts";
import type { Sample } from "../../lib/billing/sample.ts";
import type { Tariff } from "../../lib/billing/tariff.ts";
import { hourOf } from "../../lib/billing/time.ts";
import { everySeries, type NamedSeries } from "../../lib/usecases/ledger/stored-series.ts";
import { explainProjectHour, type HourReader } from "../../lib/usecases/reading/explain-hour.ts";
import { billedHistories } from "../support/ledger/histories.ts";
import { toSample, toTariff } from "../support/ledger/scaled.ts";
import { propertyRuns } from "../support/properties.ts";

const nothing = { usage: 0n, credits: 0n };

/** One series with its ledger in memory; retention has removed what is before the floor. */
function storedIn(samples: readonly Sample[], tariff: Tariff, floor: Sample | null) {
  const billed = fold(samples, tariff);
  const kept = samples.filter(({ timeMs }) => floor === null || timeMs >= floor.timeMs);
  const series = seriesOf(samples, tariff, billed, floor);
  const reader: HourReader = {
    tariffs: async () => () => tariff,
    series: async () => [series],
    ledgerHour: async (_, hour) => {
      const cost = billed.hours.get(hour);
      return new Map(cost === undefined ? [] : [[series.seriesId, cost]]);
    },
    corrections: async () => new Map(),
    decisions: async () => new Map(),
    adjustments: async () => [],
    readWindows: async (requests) =>
      requests.map((request) => {
        const { fromMs, toMs } = request;
        const before = kept.findLastIndex(({ timeMs }) => fromMs !== null && timeMs < fromMs);
        const read = kept
          .slice(Math.max(0, before))
          .filter(({ timeMs }) => timeMs <= (toMs ?? 8e15));
        return { ...request, read };
      }),
  };
  return { reader, billed };
}

function seriesOf(
  samples: readonly Sample[],
  tariff: Tariff,
  { openDrop }: Fold,
  floor: Sample | null,
): NamedSeries {
  const settled = samples.filter(({ timeMs }) => floor !== null && timeMs <= floor.timeMs);
  const floorPart = floor && (fold(settled, tariff).hours.get(hourOf(floor.timeMs)) ?? nothing);
  return {
    seriesId: 1,
    projectId: 1,
    rerateIds: [],
    holdDecisions: tariff.holdDecisions ?? [],
    discards: [],
    state: { last: samples.at(-1) ?? null, openDrop },
    metric: "gpus",
    site: "",
    resource: "",
    floor,
    floorPart,
  };
}

test("an hour is explained from the samples around it as from all of them, or from the floor on", async () => {
  await fc.assert(
    fc.asyncProperty(billedHistories(), fc.nat(40), async (history, floorIndex) => {
      const samples = history.samples.map(toSample);
      const tariff = toTariff(history.tariff);
      const horizonMs = samples[floorIndex]?.timeMs ?? Number.NEGATIVE_INFINITY;
      const whole = { stored: samples, reachesStart: true };
      const floor = floorAtOrBefore(whole, tariff, horizonMs) as Sample | null;
      const { reader, billed } = storedIn(samples, tariff, floor);
      const measured = samples.map(({ timeMs }) => hourOf(timeMs));
      for (const hour of new Set([...billed.hours.keys(), ...measured])) {
        const { series } = await explainProjectHour(reader, "any", everySeries, hour);
        const [explained] = series;
        const cost = billed.hours.get(hour) ?? nothing;
        expect(explained?.billed ?? nothing).toEqual(cost);
        if (floor !== null && hour < hourOf(floor.timeMs)) {
          if (explained !== undefined) expect(explained.measurements).toBe("removed");
          continue;
        }
        const { parts = [], held = [], pendingCredits = 0n } = explained ?? {};
        expect({
          usage: parts.reduce((sum, { usage }) => sum + usage, 0n),
          credits: parts.reduce((sum, { credits }) => sum + credits, 0n),
        }).toEqual(cost);
        if (floor !== null) continue;
        const all = { samples, isBeginning: true, floorPart: null };
        expect({ parts, held, pendingCredits }).toEqual(explainHour(all, tariff, hour));
      }
    }),
    propertyRuns(300),
  );
});
