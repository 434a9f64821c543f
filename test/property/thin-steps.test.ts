import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { pointsMin, thinSteps } from "../../lib/usecases/reading/thin-steps.ts";
import { propertyRuns } from "../support/properties.ts";

/** Totals of a history: they grow, but for adjustments. */
const histories = fc
  .array(
    fc.record({
      afterMs: fc.nat(5 * 3_600_000),
      metric: fc.constantFrom("project_vcpu_usage", "project_mb_usage", "adjustment"),
      credits: fc.bigInt({ min: 0n, max: 10n ** 20n }),
    }),
    { maxLength: 200 },
  )
  .map((changes) => {
    let [atMs, used] = [Date.UTC(2026, 10, 23), 0n];
    return changes.map(({ afterMs, metric, credits }) => {
      atMs += afterMs;
      used += metric === "adjustment" ? -credits : credits;
      return { atMs, metric, used };
    });
  });

test("thinning leaves as many points as wanted, in their order, invents none and keeps both ends", () => {
  fc.assert(
    fc.property(histories, fc.integer({ min: pointsMin, max: 250 }), (steps, points) => {
      const thinned = thinSteps(steps, points);
      expect(thinned).toHaveLength(Math.min(steps.length, points));
      const left = new Set(thinned);
      expect(thinned).toEqual(steps.filter((step) => left.has(step)));
      expect(left.size).toBe(thinned.length);
      expect(thinned[0]).toBe(steps[0]);
      expect(thinned.at(-1)).toBe(steps.at(-1));
    }),
    propertyRuns(),
  );
});

test("every adjustment stays, as long as there is room for both ends and one more", () => {
  fc.assert(
    fc.property(histories, fc.integer({ min: pointsMin, max: 250 }), (steps, points) => {
      const within = steps.slice(1, -1).filter(({ metric }) => metric === "adjustment");
      fc.pre(within.length <= points - pointsMin);
      const left = new Set(thinSteps(steps, points));
      expect(within.filter((step) => !left.has(step))).toEqual([]);
    }),
    propertyRuns(),
  );
});

test("the steps that show the shape stay: where the curve bends, and the height of a lone jump", () => {
  const at = (index: number, used: bigint) => ({ atMs: index * 3_600_000, metric: "a", used });
  // Flat, a jump after step 40, flat until step 75, then rising.
  const steps = Array.from({ length: 100 }, (_, index) =>
    at(index, index <= 40 ? 0n : index <= 75 ? 500n : 500n + 10n * BigInt(index - 75)),
  );
  const kept = thinSteps(steps, 12).map(({ atMs }) => atMs / 3_600_000);
  expect(kept).toContain(75);
  const jump = kept.findIndex((index) => index > 40);
  expect((kept[jump] ?? 0) - (kept[jump - 1] ?? 0)).toBeLessThanOrEqual(10);
});

test("a lone spike stays, wherever it is", () => {
  for (let spike = 0; spike < 100; spike++) {
    const steps = Array.from({ length: 100 }, (_, index) => ({
      atMs: index * 3_600_000,
      metric: "a",
      used: index === spike ? 1_000n : 0n,
    }));
    expect(thinSteps(steps, 12)).toContain(steps[spike]);
  }
});
