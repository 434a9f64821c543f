import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { bookSeries, EMPTY_SERIES, type SeriesState } from "../../lib/billing/booking.ts";
import { IncreaseWatch, type LargeStep } from "../../lib/billing/doubts.ts";
import { fold } from "../../lib/billing/fold.ts";
import type { Sample } from "../../lib/billing/sample.ts";
import { billedHistories, HOUR_MS, MINUTE_MS } from "../support/ledger/histories.ts";
import { toSample, toTariff } from "../support/ledger/scaled.ts";
import { propertyRuns } from "../support/properties.ts";

interface Doubts {
  readonly deepDipsMs: readonly number[];
  readonly largeSteps: readonly LargeStep[];
}

/** An increase as the walk sees it. */
interface Seen {
  readonly from: Sample;
  readonly until: Sample;
  readonly dippedTo: bigint | undefined;
  readonly isHeld: boolean;
}

class Recorder extends IncreaseWatch {
  readonly seen: Seen[] = [];

  override see(...[from, until, _rise, { dippedTo, isHeld }]: Parameters<IncreaseWatch["see"]>) {
    this.seen.push({ from, until, dippedTo, isHeld });
  }
}

/** The rules once more, over the whole list, with nothing to remember but the fastest so far. */
function plainDoubts(seen: readonly Seen[]): Doubts {
  let fastest = 0;
  const deepDipsMs: number[] = [];
  const largeSteps: LargeStep[] = [];
  for (const { from, until, dippedTo, isHeld } of seen) {
    const hours = (until.timeMs - from.timeMs) / HOUR_MS;
    const rise = Number(until.value - from.value) / 1e30;
    if (dippedTo !== undefined) {
      const risePerHour = BigInt(HOUR_MS) * (until.value - from.value);
      if ((from.value - dippedTo) * BigInt(until.timeMs - from.timeMs) > risePerHour) {
        deepDipsMs.push(until.timeMs);
      }
    }
    const pace = (rise * HOUR_MS) / Math.max(hours * HOUR_MS, MINUTE_MS);
    if (isHeld || pace <= fastest * 1.1) continue;
    if (fastest > 0 && rise > 24 * fastest) largeSteps.push({ from, until });
    fastest = pace;
  }
  return { deepDipsMs, largeSteps };
}

test("doubts are those of the plain rules, and the same however a history is cut into messages", () => {
  fc.assert(
    fc.property(
      billedHistories(fc.constant("counter"), 40),
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }),
      ({ tariff: plain, samples: sent }, sizes) => {
        const tariff = toTariff(plain);
        const samples = sent.map(toSample);
        const recorder = new Recorder(0, null);
        fold(samples, tariff, { watch: recorder });
        const expected = plainDoubts(recorder.seen);
        expect(bookInParts(samples, tariff, sizes)).toEqual(expected);
      },
    ),
    propertyRuns(),
  );
});

/** Booked in order, part by part, as a biller does that remembers state and pace. */
function bookInParts(
  samples: readonly Sample[],
  tariff: ReturnType<typeof toTariff>,
  sizes: readonly number[],
): Doubts {
  let state: SeriesState = EMPTY_SERIES;
  let largestPace = 0;
  const deepDipsMs: number[] = [];
  const largeSteps: LargeStep[] = [];
  for (let start = 0, part = 0; start < samples.length; part++) {
    const end = start + (sizes[part % sizes.length] ?? 1);
    const fresh = samples.slice(start, end);
    const query = { state, fresh, tariff, largestPace };
    const stored = samples.slice(0, start);
    const window = { stored, reachesStart: true, reachesEnd: true };
    const first = bookSeries(query);
    const booking = "need" in first ? bookSeries({ ...query, window }) : first;
    if ("need" in booking) throw new Error(`Needs to read ${booking.need}`);
    deepDipsMs.push(...booking.doubts.deepDipsMs);
    largeSteps.push(...booking.doubts.largeSteps);
    ({ state } = booking);
    ({ largestPace } = booking.doubts);
    start = end;
  }
  return { deepDipsMs, largeSteps };
}
