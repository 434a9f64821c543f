import { describe, expect, test } from "@jest/globals";
import fc, { type Arbitrary } from "fast-check";
import { fold } from "../../lib/billing/fold.ts";
import type { HeldIncrease } from "../../lib/billing/held-increases.ts";
import type { SeriesKey } from "../../lib/billing/measurement.ts";
import { mergeSamples } from "../../lib/billing/merge.ts";
import { type Billed, billedHistories, kinds } from "../support/ledger/histories.ts";
import { manySeries } from "../support/ledger/many-series.ts";
import { MemoryBiller, type Message, type StoredSeries } from "../support/ledger/memory-biller.ts";
import {
  type PlainSample,
  type PlainTariff,
  referenceBill,
  referenceHolds,
} from "../support/ledger/reference-billing.ts";
import { toHeld, toHourlyCosts, toSample, toTariff, totalOf } from "../support/ledger/scaled.ts";
import { deliveries, withConflicts } from "../support/notices/deliveries.ts";
import { propertyRuns } from "../support/properties.ts";

const KEY: SeriesKey = {
  projectName: "genomics",
  metric: "project_vcpu_usage",
  site: "8676",
  resource: "a1",
};

const readSizes = fc.integer({ min: 1, max: 4 });

describe.each(["counter", "gauge", "delta"] as const)("a %s", (kind) => {
  test("costs the same whatever the order, the batches and the repetitions", () => {
    fc.assert(
      fc.property(delivered(fc.constant(kind)), readSizes, ({ tariff, sent, batches }, size) => {
        const biller = new MemoryBiller(() => toTariff(tariff), size);
        for (const batch of batches) biller.deliver(batch.map(messageOf));
        expect(onlySeries(biller)?.ledger ?? new Map()).toEqual(billOf(sent, tariff));
        expect(heldBy(biller)).toEqual(toHeld(referenceHolds(sent, tariff)));
      }),
      propertyRuns(),
    );
  });

  test("costs after every batch what its samples so far cost, and remembers where it stands", () => {
    fc.assert(
      fc.property(delivered(fc.constant(kind)), readSizes, ({ tariff, batches }, size) => {
        const biller = new MemoryBiller(() => toTariff(tariff), size);
        for (const batch of batches) {
          biller.deliver(batch.map(messageOf));
          const { samples, ledger, state } = onlySeries(biller) as StoredSeries;
          const { hours, held, openDrop } = fold(samples, toTariff(tariff));
          expect(ledger).toEqual(hours);
          expect(heldBy(biller)).toEqual(held);
          expect(state).toEqual({ last: samples.at(-1), openDrop });
        }
      }),
      propertyRuns(300),
    );
  });
});

test("projects and sites are billed apart, and a project uses the sum of its series", () => {
  fc.assert(
    fc.property(manySeries(), ({ tariffOf, series, batches }) => {
      const biller = new MemoryBiller((key) => toTariff(tariffOf(key.metric)), 2);
      for (const batch of batches) {
        biller.deliver(batch.map(({ key, sample }) => ({ key, sample: toSample(sample) })));
      }
      const expected = new Map<string, bigint>();
      for (const { key, sent } of series) {
        const bill = billOf(sent, tariffOf(key.metric));
        const { projectName } = key;
        expect(biller.series.get(JSON.stringify(key))?.ledger ?? new Map()).toEqual(bill);
        expected.set(projectName, (expected.get(projectName) ?? 0n) + totalOf(bill).credits);
      }
      for (const [project, used] of biller.usedCredits) expect(used).toBe(expected.get(project));
    }),
    propertyRuns(300),
  );
});

test("input in order is booked without reading, unless a drop turns out to be a reset", () => {
  fc.assert(
    fc.property(inOrder(kinds), ({ tariff, batches }) => {
      const biller = new MemoryBiller(() => toTariff(tariff), 1);
      for (const batch of batches) {
        const previous = onlySeries(biller)?.state;
        const readsBefore = biller.reads;
        biller.deliver(batch.map(messageOf));
        const drop = previous?.openDrop;
        const peakMs = onlySeries(biller)?.state.openDrop?.peak.timeMs;
        if (!drop || drop.droppedAtMs === previous?.last?.timeMs || peakMs === drop.peak.timeMs) {
          expect(biller.reads).toBe(readsBefore);
        }
        expect(biller.reads).toBeLessThanOrEqual(readsBefore + 1);
      }
    }),
    propertyRuns(),
  );
});

test("input in order only ever adds, and corrects nothing", () => {
  fc.assert(
    fc.property(inOrder(kinds), ({ tariff, batches }) => {
      const biller = new MemoryBiller(() => toTariff(tariff), 1);
      for (const batch of batches) biller.deliver(batch.map(messageOf));
      for (const { hours, corrections } of biller.bookings) {
        expect([...hours.values()].every(({ usage }) => usage > 0n)).toBe(true);
        expect(corrections.size).toBe(0);
      }
    }),
    propertyRuns(),
  );
});

test("of a booking, the part that is no correction only ever adds", () => {
  fc.assert(
    fc.property(delivered(kinds), ({ tariff, batches }) => {
      const biller = new MemoryBiller(() => toTariff(tariff), 2);
      for (const batch of batches) biller.deliver(batch.map(messageOf));
      for (const { hours, corrections } of biller.bookings) {
        for (const hour of new Set([...hours.keys(), ...corrections.keys()])) {
          const added = (hours.get(hour)?.usage ?? 0n) - (corrections.get(hour)?.usage ?? 0n);
          expect(added >= 0n).toBe(true);
        }
      }
    }),
    propertyRuns(),
  );
});

test("corrections are what the late samples of a batch would have changed without the new ones", () => {
  fc.assert(
    fc.property(delivered(kinds), ({ tariff, batches }) => {
      const together = new MemoryBiller(() => toTariff(tariff), 2);
      const apart = new MemoryBiller(() => toTariff(tariff), 2);
      for (const batch of batches) {
        const lastMs = onlySeries(together)?.state.last?.timeMs ?? Number.NEGATIVE_INFINITY;
        const late = batch.filter(({ timeMs }) => timeMs <= lastMs);
        together.deliver(batch.map(messageOf));
        apart.deliver(late.map(messageOf));
        const lateHours = late.length > 0 ? apart.bookings.at(-1)?.hours : new Map();
        expect(together.bookings.at(-1)?.corrections).toEqual(lateHours);
        apart.deliver(batch.filter(({ timeMs }) => timeMs > lastMs).map(messageOf));
      }
    }),
    propertyRuns(),
  );
});

test("the lower value counts in any order, and each one that was refused is named", () => {
  const sent = billedHistories().chain(({ samples }) => withConflicts(samples));
  const plan = sent.chain((messages) => deliveries(messages));
  fc.assert(
    fc.property(plan, (batches) => {
      const all = batches.flat().map(toSample);
      let samples = mergeSamples([], []).samples;
      const refused = new Set<string>();
      for (const batch of batches) {
        const merge = mergeSamples(samples, batch.map(toSample));
        expect(mergeSamples(samples, merge.changed).samples).toEqual(merge.samples);
        for (const one of merge.conflicts) refused.add(`${one.timeMs} ${one.refused}`);
        for (const one of merge.conflicts) expect(one.kept < one.refused).toBe(true);
        samples = merge.samples;
      }
      expect(samples).toEqual(mergeSamples([], all).samples);
      const kept = new Set(samples.map(({ timeMs, value }) => `${timeMs} ${value}`));
      const others = all.map(({ timeMs, value }) => `${timeMs} ${value}`);
      expect(refused).toEqual(new Set(others.filter((one) => !kept.has(one))));
    }),
    propertyRuns(),
  );
});

interface Delivered {
  readonly tariff: PlainTariff;
  readonly sent: readonly PlainSample[];
  readonly batches: readonly PlainSample[][];
}

function delivered(kind: Arbitrary<PlainTariff["kind"]>): Arbitrary<Delivered> {
  return billedHistories(kind, 25).chain(({ tariff, samples }: Billed) =>
    withConflicts(samples).chain((sent) =>
      deliveries(sent).map((batches) => ({ tariff, sent, batches })),
    ),
  );
}

/** Cut into batches anywhere, but in order and once. */
function inOrder(kind: Arbitrary<PlainTariff["kind"]>): Arbitrary<Omit<Delivered, "sent">> {
  return fc
    .tuple(billedHistories(kind, 40), fc.integer({ min: 1, max: 5 }))
    .map(([{ tariff, samples }, size]) => ({
      tariff,
      batches: [...Map.groupBy(samples.entries(), ([at]) => Math.floor(at / size)).values()].map(
        (batch) => batch.map(([, sample]) => sample),
      ),
    }));
}

function messageOf(sample: PlainSample): Message {
  return { key: KEY, sample: toSample(sample) };
}

function onlySeries(biller: MemoryBiller): StoredSeries | undefined {
  return [...biller.series.values()][0];
}

function heldBy(biller: MemoryBiller): readonly HeldIncrease[] {
  const held = [...(onlySeries(biller)?.held.values() ?? [])];
  return held.toSorted((a, b) => a.fromMs - b.fromMs);
}

function billOf(sent: readonly PlainSample[], tariff: PlainTariff) {
  return toHourlyCosts(referenceBill(sent, tariff));
}
