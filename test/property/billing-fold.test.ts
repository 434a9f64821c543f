import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { divideHalfEven, PRICE_SCALE, VALUE_SCALE } from "../../lib/billing/decimal.ts";
import { fold, pendingCosts } from "../../lib/billing/fold.ts";
import { CUT_STEP, type GrowingHours, spreadUsage } from "../../lib/billing/hourly-costs.ts";
import type { Sample } from "../../lib/billing/sample.ts";
import type { Tariff, TariffPeriod } from "../../lib/billing/tariff.ts";
import {
  amounts,
  BEGIN_MS,
  billedHistories,
  HOUR_MS,
  histories,
  tinyAmounts,
} from "../support/ledger/histories.ts";
import {
  type PlainTariff,
  referenceBill,
  referenceHolds,
} from "../support/ledger/reference-billing.ts";
import { toHeld, toHourlyCosts, toSample, toTariff, totalOf } from "../support/ledger/scaled.ts";
import { propertyRuns } from "../support/properties.ts";

const ALWAYS = Number.NEGATIVE_INFINITY;
const ONE_CREDIT = 10n ** BigInt(PRICE_SCALE);
const UNUSED_RULES = { dipWindowMs: HOUR_MS, maxGapMs: HOUR_MS, maxRate: null };

describe.each(["counter", "gauge", "delta"] as const)("a %s", (kind) => {
  test("is billed as the reference bills it, to the last digit", () => {
    fc.assert(
      fc.property(billedHistories(fc.constant(kind)), ({ tariff, samples }) => {
        const { hours, held } = fold(samples.map(toSample), toTariff(tariff));
        expect(hours).toEqual(toHourlyCosts(referenceBill(samples, tariff)));
        expect(held).toEqual(toHeld(referenceHolds(samples, tariff)));
      }),
      propertyRuns(),
    );
  });

  test("never costs less than nothing, and uses the same at any price", () => {
    fc.assert(
      fc.property(billedHistories(fc.constant(kind)), ({ tariff, samples }) => {
        const hours = fold(samples.map(toSample), toTariff(tariff)).hours;
        const free = fold(samples.map(toSample), withoutPrices(toTariff(tariff))).hours;
        for (const [hour, { usage, credits }] of hours) {
          expect(usage > 0n && credits >= 0n).toBe(true);
          expect(free.get(hour)).toEqual({ usage, credits: 0n });
        }
        expect(free.size).toBe(hours.size);
      }),
      propertyRuns(),
    );
  });
});

test("what is held and what is charged are together what is charged without the rule", () => {
  fc.assert(
    fc.property(billedHistories(fc.constantFrom("counter", "gauge")), ({ tariff, samples }) => {
      const undecided = toTariff({ ...tariff, holdDecisions: [] });
      const { hours, held } = fold(samples.map(toSample), undecided);
      const charged = totalOf(hours);
      const usage = held.reduce((sum, one) => sum + one.usage, charged.usage);
      const credits = held.reduce((sum, one) => sum + one.credits, charged.credits);
      const free = fold(samples.map(toSample), withoutMaxRate(undecided));
      expect({ usage, credits }).toEqual(totalOf(free.hours));
      expect(free.held).toEqual([]);
    }),
    propertyRuns(),
  );
});

test("accepting everything is as if there were no rule, and rejecting everything only charges the rest", () => {
  fc.assert(
    fc.property(billedHistories(), ({ tariff, samples }) => {
      const decided = (isAccepted: boolean): PlainTariff => ({
        ...tariff,
        holdDecisions: [{ fromMs: ALWAYS, untilMs: Number.POSITIVE_INFINITY, isAccepted }],
      });
      const series = samples.map(toSample);
      const accepted = fold(series, toTariff(decided(true)));
      expect(accepted).toEqual(fold(series, withoutMaxRate(toTariff(tariff))));
      const rejected = fold(series, toTariff(decided(false)));
      const undecided = fold(series, toTariff({ ...tariff, holdDecisions: [] }));
      expect(rejected).toEqual({ ...undecided, held: [] });
    }),
    propertyRuns(),
  );
});

test("what is pending is what the reference charges if no open drop recovers", () => {
  fc.assert(
    fc.property(billedHistories(fc.constant("counter")), ({ tariff, samples }) => {
      const series = samples.map(toSample);
      const pending = totalOf(pendingCosts(series, toTariff(tariff)));
      const decided = totalOf(fold(series, toTariff(tariff)).hours);
      const expected = toHourlyCosts(referenceBill(samples, tariff, { openIsReset: true }));
      const { usage, credits } = totalOf(expected);
      expect(pending).toEqual({ usage: usage - decided.usage, credits: credits - decided.credits });
      expect(pending.usage >= 0n && pending.credits >= 0n).toBe(true);
    }),
    propertyRuns(),
  );
});

test("a window of 0 charges every rise, and one that lasts for ever only the high-water mark", () => {
  fc.assert(
    fc.property(histories(oneWindow(HOUR_MS)), (samples) => {
      const series = samples.map(toSample);
      const rises = series.slice(1).map(({ value }, at) => value - (series[at] as Sample).value);
      const allRises = rises.filter((rise) => rise > 0n).reduce((sum, rise) => sum + rise, 0n);
      const first = series[0]?.value ?? 0n;
      const highest = series.map(({ value }) => value).reduce(higherOf, first);
      const always = toTariff(oneWindow(0));
      const never = toTariff(oneWindow(Number.POSITIVE_INFINITY));
      expect(totalOf(fold(series, always).hours).usage).toBe(allRises);
      expect(totalOf(fold(series, never).hours).usage).toBe(highest - first);
    }),
    propertyRuns(),
  );
});

test("the parts of an increase are never negative and add up to it", () => {
  fc.assert(
    fc.property(
      fc.oneof(amounts, tinyAmounts),
      intervals(),
      cuts(),
      (amount, { fromMs, untilMs }, cutsMs) => {
        const hours: GrowingHours = new Map();
        spreadUsage(hours, priceFrom(cutsMs, 1n), fromMs, untilMs, amount);
        expect(totalOf(hours).usage).toBe(amount);
        expect([...hours.values()].every(({ usage }) => usage > 0n)).toBe(true);
      },
    ),
    propertyRuns(),
  );
});

test("what is used up to a cut does not depend on which other cuts there are", () => {
  fc.assert(
    fc.property(
      fc.oneof(amounts, tinyAmounts),
      intervals(),
      cuts(),
      fc.nat(),
      (amount, interval, cutsMs, where) => {
        const { fromMs, untilMs } = interval;
        const elapsedMs = 1 + (where % (untilMs - fromMs - 1));
        const cutMs = fromMs + elapsedMs;
        // Free up to the cut, one credit per unit from it on: the credits are what is used after it.
        const { periods } = priceFrom(
          cutsMs.filter((other) => other < cutMs),
          0n,
        );
        const tariff = priceFrom([cutMs], ONE_CREDIT, periods);
        const hours: GrowingHours = new Map();
        spreadUsage(hours, tariff, fromMs, untilMs, amount);
        const steps = divideHalfEven(
          amount * BigInt(elapsedMs),
          BigInt(untilMs - fromMs) * CUT_STEP,
        );
        const usedLater = higherOf(0n, amount - steps * CUT_STEP);
        expect(totalOf(hours).credits).toBe(usedLater * ONE_CREDIT);
      },
    ),
    propertyRuns(),
  );
});

test.each([
  ["falls for long", (index: number) => 50_000 - index],
  ["falls and comes back almost", (index: number) => (index % 2 ? 1_000_000 - index : index % 7)],
  ["rises", (index: number) => index],
])("a series of 50,000 samples that %s takes a moment, not a day", (_, valueAt) => {
  const samples = Array.from({ length: 50_000 }, (_sample, index) => ({
    timeMs: BEGIN_MS + index * 10,
    value: BigInt(valueAt(index)) * 10n ** BigInt(VALUE_SCALE),
  }));
  // Of the processor, which others use too.
  const start = process.cpuUsage();
  for (const windowMs of [0, 20 * 60_000, HOUR_MS, Number.POSITIVE_INFINITY]) {
    fold(samples, toTariff(oneWindow(windowMs)));
    pendingCosts(samples, toTariff(oneWindow(windowMs)));
  }
  expect(process.cpuUsage(start).user).toBeLessThan(5_000_000);
});

function higherOf(a: bigint, b: bigint): bigint {
  if (a > b) return a;
  return b;
}

function oneWindow(dipWindowMs: number): PlainTariff {
  const period = { fromMs: ALWAYS, credits: "1", dipWindowMs, maxGapMs: HOUR_MS, maxRate: null };
  return { kind: "counter", periods: [period] };
}

function withoutMaxRate(tariff: Tariff): Tariff {
  return { ...tariff, periods: tariff.periods.map((period) => ({ ...period, maxRate: null })) };
}

function withoutPrices(tariff: Tariff): Tariff {
  return { ...tariff, periods: tariff.periods.map((period) => ({ ...period, credits: 0n })) };
}

/** The same price again and again: cuts that change nothing but where parts end. */
function priceFrom(
  cutsMs: readonly number[],
  credits: bigint,
  earlier: readonly TariffPeriod[] = [{ fromMs: ALWAYS, credits, ...UNUSED_RULES }],
): Tariff {
  const periods = cutsMs.map((fromMs) => ({ fromMs, credits, ...UNUSED_RULES }));
  return { kind: "counter", unit: "units", periods: [...earlier, ...periods] };
}

function intervals() {
  return fc
    .tuple(
      fc.nat(2 * HOUR_MS),
      fc.oneof(fc.integer({ min: 2, max: 100 }), fc.integer({ min: 2, max: 50 * HOUR_MS })),
    )
    .map(([offsetMs, lengthMs]) => ({
      fromMs: BEGIN_MS + offsetMs,
      untilMs: BEGIN_MS + offsetMs + lengthMs,
    }));
}

function cuts() {
  const near = fc.nat(2 * HOUR_MS + 100);
  const far = fc.nat(52 * HOUR_MS);
  return fc
    .uniqueArray(fc.oneof(near, far), { maxLength: 6 })
    .map((offsets) => offsets.toSorted((a, b) => a - b).map((offsetMs) => BEGIN_MS + offsetMs));
}
