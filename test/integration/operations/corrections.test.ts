import { beforeEach, expect, test } from "@jest/globals";
import type { HourlyCosts } from "../../../lib/billing/hourly-costs.ts";
import { applyTariffs } from "../../../lib/postgres/ledger/apply-tariffs.ts";
import { parseMetricSettings } from "../../../lib/settings/metrics.ts";
import { at, ledgerOf, measured } from "../../support/ledger/ledger-fixture.ts";
import { readLedgerState } from "../../support/ledger/ledger-state.ts";
import { emptyTables } from "../../support/servers/empty-tables.ts";
import { useDatabase } from "../../support/servers/use-database.ts";

const database = useDatabase();
const ledger = ledgerOf(database);
// Each test names another project, because a connection remembers the ids of its series.
beforeEach(async () => {
  await emptyTables(database.pool, "projects", "segments", "daily_costs", "rerates");
  await applyTariffs(database.pool, parseMetricSettings('{"project_vcpu_usage": 2}'), "test");
});

const day = 24 * 60;

interface CorrectionRow {
  readonly from_ms: number;
  readonly until_ms: number;
  readonly usage_before: string;
  readonly usage_after: string;
  readonly credits_before: string;
  readonly credits_after: string;
}

async function corrections(): Promise<readonly CorrectionRow[]> {
  const { rows } = await database.pool.query<CorrectionRow>(`
    select (extract(epoch from from_hour) * 1000)::float8 as from_ms,
           (extract(epoch from until_hour) * 1000)::float8 as until_ms,
           trim_scale(usage_before)::text as usage_before, trim_scale(usage_after)::text as usage_after,
           trim_scale(credits_before)::text as credits_before, trim_scale(credits_after)::text as credits_after
      from corrections
     order by correction_id`);
  return rows;
}

async function hoursOf(projectName: string): Promise<HourlyCosts> {
  const { hours } = await readLedgerState(database.pool);
  return hours.get(`${projectName}/project_vcpu_usage/8676/a1`) ?? new Map();
}

/** The sum of the hours of a stretch, as the row says it. */
async function sums(hours: HourlyCosts, { from_ms, until_ms }: CorrectionRow) {
  let [usage, credits] = [0n, 0n];
  for (const [hour, cost] of hours)
    if (hour >= from_ms && hour <= until_ms) {
      usage += cost.usage;
      credits += cost.credits;
    }
  const { rows } = await database.pool.query(
    "select trim_scale($1::numeric * 1e-30)::text as usage, trim_scale($2::numeric * 1e-42)::text as credits",
    [String(usage), String(credits)],
  );
  return rows[0];
}

test("the corrections of a gap of 29 days are at most two rows a day, with the sums of their hours", async () => {
  await ledger.bill(measured("gap", 7, "3"), measured("gap", 29 * day, "1003.25"));
  const hours = [await hoursOf("gap")];
  let known = 0;
  for (const [minutes, value] of [
    [13 * day + 433, "900"],
    [20 * day + 100, "901"],
    [20 * day + 3 * 60 + 1, "951"],
  ] as const) {
    await ledger.bill(measured("gap", minutes, value));
    const before = hours.at(-1) as HourlyCosts;
    const after = await hoursOf("gap");
    hours.push(after);
    const rows = (await corrections()).slice(known);
    known += rows.length;
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.length).toBeLessThanOrEqual(2 * 31);
    const perDay = Map.groupBy(rows, ({ from_ms }) => Math.floor(from_ms / 86_400_000));
    for (const stretches of perDay.values()) expect(stretches.length).toBeLessThanOrEqual(2);
    let untilMs = Number.NEGATIVE_INFINITY;
    for (const row of rows) {
      expect(Math.floor(row.from_ms / 86_400_000)).toBe(Math.floor(row.until_ms / 86_400_000));
      expect(row.from_ms).toBeGreaterThan(untilMs);
      untilMs = row.until_ms;
      expect(await sums(before, row)).toEqual({
        usage: row.usage_before,
        credits: row.credits_before,
      });
      expect(await sums(after, row)).toEqual({
        usage: row.usage_after,
        credits: row.credits_after,
      });
    }
    // Every hour that changed lies in a row.
    const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
      (hour) => before.get(hour)?.usage !== after.get(hour)?.usage,
    );
    const isRecorded = (hour: number) =>
      rows.some(({ from_ms, until_ms }) => hour >= from_ms && hour <= until_ms);
    expect(changed.filter((hour) => !isRecorded(hour))).toEqual([]);
  }
  expect(await ledger.used("gap")).toBe(2000.5);
});

test("corrections of hours that rise and of hours that fall stand apart", async () => {
  await ledger.bill(measured("apart", 0, "0"), measured("apart", 240, "8"));
  await ledger.bill(measured("apart", 120, "1"));
  expect(await corrections()).toMatchObject([
    { from_ms: at(0), until_ms: at(60), usage_before: "4", usage_after: "1" },
    { from_ms: at(120), until_ms: at(180), usage_before: "4", usage_after: "7" },
  ]);
});

test("corrections of hours apart from each other stand apart", async () => {
  const hour = (hours: number, value: string) => measured("two", hours * 60, value);
  await ledger.bill(hour(0, "0"), hour(2, "4"), hour(4, "8"), hour(6, "12"));
  await ledger.bill(hour(1, "1"), hour(5, "11"));
  expect(await corrections()).toMatchObject([
    { from_ms: at(0), until_ms: at(0), usage_before: "2", usage_after: "1" },
    { from_ms: at(60), until_ms: at(60), usage_before: "2", usage_after: "3" },
    { from_ms: at(240), until_ms: at(240), usage_before: "2", usage_after: "3" },
    { from_ms: at(300), until_ms: at(300), usage_before: "2", usage_after: "1" },
  ]);
});
