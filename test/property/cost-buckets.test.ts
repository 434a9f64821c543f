import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { hourMs } from "../../lib/billing/time.ts";
import { bucketEdges, zoneOffset } from "../../lib/usecases/reading/calendar.ts";
import {
  type Bucket,
  costBuckets,
  type LedgerCosts,
} from "../../lib/usecases/reading/cost-buckets.ts";
import { propertyRuns } from "../support/properties.ts";

const zones = ["UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe"];
const offsets = new Map(zones.map((zone) => [zone, zoneOffset(zone)]));
const beginMs = Date.UTC(2026, 2, 20);
const hours = 24 * 60;
const instant = fc
  .integer({ min: 0, max: hours * 60 })
  .map((minutes) => beginMs + minutes * 60_000);
const credits = fc.bigInt({ min: 1n, max: 10n ** 48n });

const ledgers: fc.Arbitrary<LedgerCosts> = fc.record({
  hours: fc.array(
    fc.record({
      metric: fc.constantFrom("project_vcpu_usage", "project_mb_usage"),
      unit: fc.constant("hours"),
      site: fc.constantFrom("bielefeld", "berlin"),
      resource: fc.constant(null),
      hourMs: fc.nat(hours - 1).map((hour) => beginMs + hour * hourMs),
      usage: fc.bigInt({ min: 1n, max: 10n ** 40n }),
      credits,
    }),
    { maxLength: 60 },
  ),
  adjustments: fc.array(fc.record({ atMs: instant, credits: credits.map((one) => -one) }), {
    maxLength: 5,
  }),
  corrected: fc.array(
    fc.tuple(fc.nat(hours - 1), fc.nat(30), instant).map(([hour, length, atMs]) => {
      const fromMs = beginMs + hour * hourMs;
      return { fromMs, untilMs: fromMs + length * hourMs, atMs };
    }),
    { maxLength: 5 },
  ),
  measuredFromMs: instant,
  measuredUntilMs: instant,
});

const asked = fc
  .tuple(instant, instant, fc.constantFrom(...zones))
  .filter(([one, other]) => one !== other)
  .chain(([one, other, zone]) =>
    fc.record({
      fromMs: fc.constant(Math.min(one, other)),
      untilMs: fc.constant(Math.max(one, other)),
      zone: fc.constant(zone),
      size: fc.constantFrom("hour" as const, "day" as const, "week" as const, "month" as const),
    }),
  );

const sum = (amounts: readonly bigint[]) => amounts.reduce((all, one) => all + one, 0n);

test("the sum of any buckets in any zone over any range is the sum of its hours, to the last digit", () => {
  fc.assert(
    fc.property(ledgers, asked, (ledger, { fromMs, untilMs, zone, size }) => {
      const offset = offsets.get(zone) ?? (() => Number.NaN);
      const inner = bucketEdges({ fromMs, untilMs }, size, offset);
      const edges = [fromMs, ...inner.filter((at) => fromMs < at && at < untilMs), untilMs];
      const { buckets, total } = costBuckets(ledger, edges);

      const isWithin = (at: number) => fromMs <= at && at < untilMs;
      const within = ledger.hours.filter((hour) => isWithin(hour.hourMs));
      const adjusted = ledger.adjustments.filter(({ atMs }) => isWithin(atMs));
      expect(total.credits).toBe(sum(within.map((hour) => hour.credits)));
      expect(total.adjustments).toBe(sum(adjusted.map((one) => one.credits)));
      expect(sum(buckets.map((bucket) => bucket.credits))).toBe(total.credits);
      expect(sum(buckets.map((bucket) => bucket.adjustments))).toBe(total.adjustments);
      for (const costs of [...buckets, total]) {
        expect(sum([...costs.by.values()].map((group) => group.credits))).toBe(costs.credits);
      }
    }),
    propertyRuns(200),
  );
});

test("every bucket has what is plainly counted between its borders", () => {
  fc.assert(
    fc.property(
      ledgers,
      fc.uniqueArray(instant, { minLength: 2, maxLength: 12 }),
      (ledger, edges) => {
        const { buckets } = costBuckets(
          ledger,
          edges.toSorted((a, b) => a - b),
        );
        expect(buckets).toHaveLength(edges.length - 1);
        for (const bucket of buckets) expect(bucket).toMatchObject(plainly(ledger, bucket));
      },
    ),
    propertyRuns(200),
  );
});

function plainly(ledger: LedgerCosts, { startMs, endMs }: Bucket) {
  const isWithin = (at: number) => startMs <= at && at < endMs;
  const within = ledger.hours.filter(({ hourMs: at }) => isWithin(at));
  const corrected = ledger.corrected.filter(
    ({ fromMs, untilMs }) => fromMs < endMs && startMs <= untilMs,
  );
  const [first, last] = [ledger.measuredFromMs ?? 0, ledger.measuredUntilMs ?? 0];
  const isMeasured = startMs < last && endMs > first;
  const isWhole = startMs >= first && endMs <= last;
  return {
    credits: sum(within.map((hour) => hour.credits)),
    adjustments: sum(
      ledger.adjustments.filter(({ atMs }) => isWithin(atMs)).map((one) => one.credits),
    ),
    coverage: isMeasured ? (isWhole ? "full" : "partial") : "none",
    correctedMs: corrected.length === 0 ? null : Math.max(...corrected.map(({ atMs }) => atMs)),
    by: new Map(
      within.map(({ metric, site, resource }) => {
        const same = within.filter((hour) => hour.metric === metric && hour.site === site);
        const usage = sum(same.map((hour) => hour.usage));
        const cost = sum(same.map((hour) => hour.credits));
        return [
          JSON.stringify([metric, site, resource]),
          { metric, unit: "hours", site, resource, usage, credits: cost },
        ];
      }),
    ),
  };
}
