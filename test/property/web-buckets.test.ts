import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { formatCredits, parseCredits } from "../../lib/billing/credits.ts";
import { hourMs } from "../../lib/billing/time.ts";
import { bucketEdges, zoneOffset } from "../../lib/usecases/reading/calendar.ts";
import { costsOfSteps, type Step } from "../../lib/web/project/costs-of-steps.ts";
import { propertyRuns } from "../support/properties.ts";

const zones = [
  "UTC",
  "Europe/Berlin",
  "America/St_Johns",
  "Asia/Kathmandu",
  "Pacific/Kiritimati",
  "Australia/Lord_Howe",
];
const unmeasured = { measuredFromMs: null, measuredUntilMs: null, corrected: [] };
const beginMs = Date.UTC(2026, 2, 20);
const hours = 24 * 240;

/** Costs of single hours of a summer, and adjustments, as the history has them. */
const histories = fc
  .array(
    fc.record({
      hour: fc.nat(hours - 1),
      metric: fc.constantFrom("project_vcpu_usage", "project_mb_usage", "adjustment"),
      credits: fc.bigInt({ min: 1n, max: 10n ** 48n }),
    }),
    { maxLength: 60 },
  )
  .map((costs) => {
    let used = 0n;
    const steps = costs
      .toSorted((a, b) => a.hour - b.hour)
      .map(({ hour, metric, credits }): Step => {
        used += credits;
        return { atMs: beginMs + (hour + 1) * hourMs, metric, used };
      });
    return { steps, used };
  });

test("in any zone, the buckets of any size are without gap, and their sum is what was used", () => {
  fc.assert(
    fc.property(
      histories,
      fc.constantFrom(...zones),
      fc.constantFrom("hour" as const, "day" as const, "week" as const, "month" as const),
      ({ steps, used }, zone, size) => {
        const bounds = { fromMs: beginMs, untilMs: beginMs + (hours + 1) * hourMs };
        const edges = bucketEdges(bounds, size, zoneOffset(zone));
        expect(edges[0] ?? 0).toBeLessThanOrEqual(bounds.fromMs);
        expect(edges.at(-1) ?? 0).toBeGreaterThanOrEqual(bounds.untilMs);
        const buckets = costsOfSteps(steps, edges, unmeasured);
        const sum = buckets.reduce((all, one) => all + one.credits + one.adjustments, 0n);
        expect(formatCredits(sum)).toBe(formatCredits(used));
        for (const { credits, byMetric } of buckets) {
          expect([...byMetric.values()].reduce((all, one) => all + one, 0n)).toBe(credits);
        }
      },
    ),
    propertyRuns(100),
  );
});

test.each(zones)("a day of %s begins at midnight, and has 22 to 26 hours", (zone) => {
  const bounds = { fromMs: beginMs, untilMs: beginMs + hours * hourMs };
  const edges = bucketEdges(bounds, "day", zoneOffset(zone));
  const clock = new Intl.DateTimeFormat("en-GB", { timeZone: zone, timeStyle: "medium" });
  for (const [index, edge] of edges.entries()) {
    expect(clock.format(edge)).toBe("00:00:00");
    const next = edges[index + 1];
    if (next === undefined) continue;
    expect(next - edge).toBeGreaterThanOrEqual(22 * hourMs);
    expect(next - edge).toBeLessThanOrEqual(26 * hourMs);
  }
});

test("amounts are exact: what one hour cost is the difference of two steps, digit for digit", () => {
  const credits = ["0.000000000001", "1000000.000000000001"];
  const steps = credits.map((text, index) => ({
    atMs: Date.UTC(2026, 10, 23, index + 1),
    metric: "project_vcpu_usage",
    used: parseCredits(text),
  }));
  const edges = [0, 1, 2].map((hour) => Date.UTC(2026, 10, 23, hour));
  const buckets = costsOfSteps(steps, edges, unmeasured);
  expect(buckets.map((one) => one.credits)).toEqual([
    parseCredits("0.000000000001"),
    parseCredits("1000000"),
  ]);
});
