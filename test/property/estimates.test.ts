import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { CREDITS_SCALE, divideHalfEven } from "../../lib/billing/decimal.ts";
import { costUntil, lastsMs, rateSteps, type UnitsInUse } from "../../lib/billing/estimate.ts";
import { hourMs } from "../../lib/billing/time.ts";

const nowMs = Date.UTC(2026, 10, 25, 12, 30);
const hours = fc.integer({ min: 1, max: 60 });

/** Units of a metric whose price changes some times, at a full hour from now. */
const inUse = fc
  .record({
    units: fc.bigInt({ min: 0n, max: 10n ** 33n }),
    first: fc.bigInt({ min: 0n, max: 10n ** 14n }),
    changes: fc.uniqueArray(
      fc.record({ hours, credits: fc.bigInt({ min: 0n, max: 10n ** 14n }) }),
      { selector: (change) => change.hours, maxLength: 4 },
    ),
  })
  .map(({ units, first, changes }): UnitsInUse => {
    const rules = { dipWindowMs: 0, maxGapMs: hourMs, maxRate: null };
    const later = changes
      .toSorted((one, other) => one.hours - other.hours)
      .map((change) => ({
        fromMs: nowMs + change.hours * hourMs,
        credits: change.credits,
        ...rules,
      }));
    const periods = [{ fromMs: nowMs - hourMs, credits: first, ...rules }, ...later];
    return { units, tariff: { kind: "counter", unit: "hours", periods } };
  });
const machines = fc.array(inUse, { minLength: 1, maxLength: 4 });

/** Hour by hour, at the price of each. */
function costOfHours(items: readonly UnitsInUse[], count: number): bigint {
  let sum = 0n;
  for (let hour = 0; hour < count; hour++) {
    for (const { units, tariff } of items) {
      const inForce = tariff.periods.filter(({ fromMs }) => fromMs <= nowMs + hour * hourMs).at(-1);
      sum += units * (inForce?.credits ?? 0n);
    }
  }
  return sum;
}

test("an estimate of whole hours is what each hour costs at its price, summed", () => {
  fc.assert(
    fc.property(machines, hours, (items, count) => {
      const steps = rateSteps(items, nowMs);
      expect(costUntil(steps, nowMs + count * hourMs)).toBe(costOfHours(items, count));
    }),
  );
});

test("within an hour the cost is the time's share", () => {
  fc.assert(
    fc.property(machines, fc.integer({ min: 1, max: hourMs }), (items, ms) => {
      const share = divideHalfEven(costOfHours(items, 1) * BigInt(ms), BigInt(hourMs));
      expect(costUntil(rateSteps(items, nowMs), nowMs + ms)).toBe(share);
    }),
  );
});

test("a budget lasts exactly as long as it covers the cost, to the millisecond", () => {
  const budgets = fc.bigInt({ min: 0n, max: 10n ** BigInt(CREDITS_SCALE + 6) });
  fc.assert(
    fc.property(machines, budgets, (items, budget) => {
      const steps = rateSteps(items, nowMs);
      const ms = lastsMs(steps, budget);
      if (ms === null) {
        // For ever: nothing costs in the end, and all before is covered.
        expect(steps.at(-1)?.rate).toBe(0n);
        expect(costUntil(steps, nowMs + 61 * hourMs)).toBeLessThanOrEqual(budget);
        return;
      }
      fc.pre(ms < BigInt(Number.MAX_SAFE_INTEGER) - BigInt(nowMs));
      const endMs = nowMs + Number(ms);
      expect(costUntil(steps, endMs)).toBeLessThanOrEqual(budget);
      expect(costUntil(steps, endMs + 1)).toBeGreaterThanOrEqual(budget);
    }),
  );
});
