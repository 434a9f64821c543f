import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { floorAtOrBefore, samplesToFold } from "../../lib/billing/anchors.ts";
import { fold } from "../../lib/billing/fold.ts";
import { difference, type GrowingHours, type HourlyCosts } from "../../lib/billing/hourly-costs.ts";
import { mergeSamples } from "../../lib/billing/merge.ts";
import type { Sample } from "../../lib/billing/sample.ts";
import { largestDipWindow, type Tariff } from "../../lib/billing/tariff.ts";
import { billedHistories, HOUR_MS, histories, MINUTE_MS } from "../support/ledger/histories.ts";
import { addTo } from "../support/ledger/memory-biller.ts";
import type { PlainTariff } from "../support/ledger/reference-billing.ts";
import { toSample, toTariff } from "../support/ledger/scaled.ts";
import { withConflicts } from "../support/notices/deliveries.ts";
import { propertyRuns } from "../support/properties.ts";

interface Case {
  readonly tariff: Tariff;
  readonly stored: Sample[];
  /** New or lowered; at least one. */
  readonly fresh: readonly Sample[];
}

/** A history of which some samples come later than the others, some of them lower than before. */
const cases = billedHistories(undefined, 40)
  .filter(({ samples }) => samples.length > 1)
  .chain(({ tariff, samples }) =>
    fc
      .tuple(withConflicts(samples), fc.nat(), fc.integer({ min: 1, max: 6 }))
      .map(([sent, at, count]): Case => {
        const from = at % sent.length;
        const rest = [...sent.slice(0, from), ...sent.slice(from + count)].map(toSample);
        const stored = mergeSamples([], rest).samples;
        const late = sent.slice(from, from + count).map(toSample);
        return { tariff: toTariff(tariff), stored, fresh: mergeSamples(stored, late).changed };
      }),
  )
  .filter(({ stored, fresh }) => stored.length > 0 && fresh.length > 0);

test("folding from anchor to anchor gives the same difference as folding everything", () => {
  fc.assert(
    fc.property(cases, fc.nat(), fc.nat(), ({ tariff, stored, fresh }, before, after) => {
      // Any window around the fresh samples, also one that is much too small.
      const earliestMs = fresh[0]?.timeMs ?? 0;
      const latestMs = fresh.at(-1)?.timeMs ?? 0;
      const earlier = stored.filter(({ timeMs }) => timeMs < earliestMs).length;
      const notLater = stored.filter(({ timeMs }) => timeMs <= latestMs).length;
      const from = before % (earlier + 1);
      const until = notLater + (after % (stored.length - notLater + 1));
      const stretch = samplesToFold({
        stored: stored.slice(from, until),
        reachesStart: from === 0,
        reachesEnd: until === stored.length,
        fresh,
        tariff,
      });
      if ("need" in stretch) {
        expect(from > 0 || until < stored.length).toBe(true);
        if (stretch.need !== "later") expect(from).toBeGreaterThan(0);
        if (stretch.need !== "earlier") expect(until).toBeLessThan(stored.length);
        return;
      }
      const everything = mergeSamples(stored, fresh).samples;
      expect(changes(stretch.before, stretch.after, tariff)).toEqual(
        changes(stored, everything, tariff),
      );
      if (stretch.reachesEnd) {
        expect(fold(stretch.after, tariff).openDrop).toEqual(fold(everything, tariff).openDrop);
      } else {
        expect(fold(stored, tariff).openDrop).toEqual(fold(everything, tariff).openDrop);
      }
    }),
    propertyRuns(3_000),
  );
});

test("a larger window finds no anchor that a smaller one does not", () => {
  fc.assert(
    fc.property(cases, fc.nat(3 * HOUR_MS), ({ tariff, stored, fresh }, moreMs) => {
      const longer = withLongerWindows(tariff, moreMs);
      const whole = { stored, reachesStart: true, reachesEnd: true, fresh };
      const near = samplesToFold({ ...whole, tariff });
      const far = samplesToFold({ ...whole, tariff: longer });
      if ("need" in near || "need" in far) throw new Error("The whole series is enough");
      expect(far.before.length).toBeGreaterThanOrEqual(near.before.length);
      expect(far.before.filter((sample) => near.before.includes(sample))).toEqual(near.before);
      // The anchors of the longer windows serve the shorter ones.
      expect(changes(far.before, far.after, tariff)).toEqual(
        changes(near.before, near.after, tariff),
      );
    }),
    propertyRuns(),
  );
});

test("one late sample of a rising series takes its two neighbours, and W before them to know so", () => {
  const rising = fc.tuple(
    fc.uniqueArray(fc.nat(1_000), { minLength: 5, maxLength: 200 }),
    fc.nat(),
    fc.constantFrom(0, 5 * MINUTE_MS, HOUR_MS),
  );
  fc.assert(
    fc.property(rising, ([minutes, at, dipWindowMs]) => {
      const samples = minutes
        .toSorted((a, b) => a - b)
        .map((minute) => ({ timeMs: minute * MINUTE_MS, value: BigInt(minute) }));
      const late = samples[1 + (at % (samples.length - 2))] as Sample;
      const stored = samples.filter((sample) => sample !== late);
      const earlier = stored.filter(({ timeMs }) => timeMs < late.timeMs);
      const neighbours = [earlier.at(-1), stored[earlier.length]] as [Sample, Sample];
      // Everything in the window before the earlier neighbour, and the last one before that.
      const firstMs = neighbours[0].timeMs - dipWindowMs;
      const from = Math.max(0, stored.findIndex(({ timeMs }) => timeMs >= firstMs) - 1);
      const stretch = samplesToFold({
        stored: stored.slice(from, earlier.length + 1),
        reachesStart: from === 0,
        reachesEnd: earlier.length + 1 === stored.length,
        fresh: [late],
        tariff: toTariff(counterWith(dipWindowMs)),
      });
      expect(stretch).toMatchObject({
        before: neighbours,
        after: [neighbours[0], late, neighbours[1]],
      });
    }),
    propertyRuns(),
  );
});

test("a series billed from its floor on costs the same from there on, whatever still comes after it", () => {
  fc.assert(
    fc.property(cases, fc.nat(), ({ tariff, stored, fresh }, at) => {
      const horizonMs = stored[at % stored.length]?.timeMs ?? 0;
      const floor = floorAtOrBefore({ stored, reachesStart: true }, tariff, horizonMs);
      if (floor === null || "need" in floor) throw new Error("The first sample is an anchor");
      // Samples at or before the floor are refused.
      const accepted = fresh.filter(({ timeMs }) => timeMs > floor.timeMs);
      const all = mergeSamples(stored, accepted).samples;
      const upTo = all.filter(({ timeMs }) => timeMs <= floor.timeMs);
      const from = all.filter(({ timeMs }) => timeMs >= floor.timeMs);
      const sum: GrowingHours = new Map(fold(upTo, tariff).hours);
      addTo(sum, fold(from, tariff, { firstIsFloor: true }).hours);
      expect(sum).toEqual(fold(all, tariff).hours);
    }),
    propertyRuns(),
  );
});

test("what was discarded is booked back as it would have been booked", () => {
  fc.assert(
    fc.property(cases, ({ tariff, stored, fresh }) => {
      const times = new Set(fresh.map(({ timeMs }) => timeMs));
      const left = stored.filter(({ timeMs }) => !times.has(timeMs));
      const whole = mergeSamples(left, fresh).samples;
      const window = { stored: left, reachesStart: true, reachesEnd: true };
      const stretch = samplesToFold({ ...window, fresh, tariff });
      if ("need" in stretch) throw new Error("The whole series is enough");
      expect(changes(stretch.after, stretch.before, tariff)).toEqual(changes(whole, left, tariff));
    }),
    propertyRuns(300),
  );
});

test("histories hold what they are meant to hold", () => {
  const seen = new Set<string>();
  const tariff = counterWith(HOUR_MS);
  fc.assert(
    fc.property(histories(tariff, 40), (samples) => {
      for (const one of eventsOf(samples.map(toSample))) seen.add(one);
    }),
    { ...propertyRuns(), seed: 1 },
  );
  expect([...seen].sort()).toEqual([
    "drop",
    "gap over hours",
    "nested drop",
    "on the full hour",
    "plateau",
    "recovery after the window",
    "recovery at the end of the window",
    "recovery in the window",
    "recovery to the same value",
  ]);
});

function eventsOf(samples: readonly Sample[]): string[] {
  return samples.slice(1).flatMap((sample, index) => {
    const previous = samples[index] as Sample;
    const events: string[] = [];
    if (sample.timeMs % HOUR_MS === 0) events.push("on the full hour");
    if (sample.timeMs - previous.timeMs > 5 * HOUR_MS) events.push("gap over hours");
    if (sample.value === previous.value) events.push("plateau");
    if (sample.value < previous.value) {
      events.push("drop", ...recoveryOf(samples, index));
      const before = samples[index - 1];
      if (before !== undefined && before.value > previous.value) events.push("nested drop");
    }
    return events;
  });
}

function recoveryOf(samples: readonly Sample[], peakIndex: number): string[] {
  const peak = samples[peakIndex] as Sample;
  const windowEndMs = (samples[peakIndex + 1]?.timeMs ?? 0) + HOUR_MS;
  const recovery = samples.slice(peakIndex + 1).find(({ value }) => value >= peak.value);
  if (recovery === undefined) return [];
  const same = recovery.value === peak.value ? ["recovery to the same value"] : [];
  if (recovery.timeMs === windowEndMs) return ["recovery at the end of the window", ...same];
  const where = recovery.timeMs < windowEndMs ? "in" : "after";
  return [`recovery ${where} the window`, ...same];
}

function changes(before: readonly Sample[], after: readonly Sample[], tariff: Tariff): HourlyCosts {
  return difference(fold(before, tariff).hours, fold(after, tariff).hours);
}

/** One period more, long after everything, whose window is longer: only the largest one changes. */
function withLongerWindows(tariff: Tariff, moreMs: number): Tariff {
  const last = tariff.periods.at(-1);
  if (last === undefined) throw new Error("A tariff has a period");
  const dipWindowMs = largestDipWindow(tariff) + moreMs;
  return { ...tariff, periods: [...tariff.periods, { ...last, fromMs: 1e15, dipWindowMs }] };
}

function counterWith(dipWindowMs: number): PlainTariff {
  const fromMs = Number.NEGATIVE_INFINITY;
  return {
    kind: "counter",
    periods: [{ fromMs, credits: "1", dipWindowMs, maxGapMs: HOUR_MS, maxRate: null }],
  };
}
