import { beforeEach, describe, expect, test } from "@jest/globals";
import type { HourlyCosts } from "../../../lib/billing/hourly-costs.ts";
import type { Measurement } from "../../../lib/billing/measurement.ts";
import { applyTariffs } from "../../../lib/postgres/ledger/apply-tariffs.ts";
import { withLedger } from "../../../lib/postgres/ledger/billing-ledger.ts";
import { HeadMoved } from "../../../lib/postgres/ledger/write-series.ts";
import { parseMetricSettings } from "../../../lib/settings/metrics.ts";
import { billMeasurements } from "../../../lib/usecases/ledger/bill-measurements.ts";
import { at, ledgerOf, measured } from "../../support/ledger/ledger-fixture.ts";
import { readLedgerState } from "../../support/ledger/ledger-state.ts";
import { readVersions } from "../../support/ledger/reference-samples.ts";
import { emptyTables } from "../../support/servers/empty-tables.ts";
import { useDatabase } from "../../support/servers/use-database.ts";

const database = useDatabase();
const ledger = ledgerOf(database);
// Each test is about all rows that there are, and names other projects: a connection remembers their ids.
beforeEach(async () => {
  await emptyTables(database.pool, "projects", "segments", "daily_costs", "rerates");
  await applyTariffs(database.pool, parseMetricSettings('{"project_vcpu_usage": 2}'), "test");
});

const day = 24 * 60;

/** Bills while another transaction, which does not wait for the project, does its work before the write. */
const billBeside = (work: () => Promise<unknown>, ...measurements: readonly Measurement[]) =>
  billMeasurements(measurements, (booking) =>
    withLedger(database.pool)((own) =>
      booking({
        ...own,
        async write(changes) {
          await work();
          await own.write(changes);
        },
      }),
    ),
  );

describe("a head that another transaction moved", () => {
  const moveHead = (projectName: string, minutes: number) =>
    database.pool.query(
      `update series_heads set last_time = $2
         from series join projects using (project_id)
        where series.series_id = series_heads.series_id and project_name = $1`,
      [projectName, new Date(at(minutes))],
    );

  test.each([
    ["within the hour", 10],
    ["in another hour", 90],
  ])(
    "is not written over %s: nothing of the batch is, until it comes again",
    async (when, minutes) => {
      const [moved, stays] = [`moved ${when}`, `stays ${when}`];
      await ledger.bill(measured(moved, 0, "1"), measured(stays, 0, "1"));
      await ledger.bill(measured(moved, 1, "2"), measured(stays, 1, "2"));
      const both = () => Promise.all([ledger.stored(moved), ledger.stored(stays)]);
      const stored = await both();
      const batch = [measured(moved, minutes, "5"), measured(stays, minutes, "5")];
      await expect(billBeside(() => moveHead(moved, 2), ...batch)).rejects.toThrow(HeadMoved);
      await moveHead(moved, 1);
      expect(await both()).toEqual(stored);
      expect([await ledger.used(moved), await ledger.used(stays)]).toEqual([2, 2]);
      await ledger.bill(...batch);
      expect(await both()).toEqual(stored.map((one) => [...one, [minutes, 5]]));
      expect([await ledger.used(moved), await ledger.used(stays)]).toEqual([8, 8]);
    },
  );

  test("is not written over by a first measurement either", async () => {
    await ledger.bill(measured("first", 0, "1"));
    await database.pool.query(
      "update series_heads set last_time = null, last_value = null, segment_from = null, segment_count = 0, segment = ''",
    );
    const first = billBeside(() => moveHead("first", 0), measured("first", 5, "1"));
    await expect(first).rejects.toThrow(HeadMoved);
  });
});

describe("a scrape that costs nothing", () => {
  const versions = async () =>
    (await readVersions(database.pool)).filter((row) =>
      ["project", "day"].includes((row as { kind: string }).kind),
    );

  test("touches neither the project nor its days, nor does the end of an hour", async () => {
    await ledger.bill(measured("idle", 0, "1"), measured("idle", 70, "2"));
    await ledger.bill(measured("idle", 71, "2"));
    const before = await versions();
    await ledger.bill(measured("idle", 72, "2"), measured("idle", 73, "2"));
    expect(await versions()).toEqual(before);
    // The hour that ends used something before: it goes into its day, and the project stays.
    await ledger.bill(measured("idle", 130, "2"));
    const after = await versions();
    const projects = (rows: readonly unknown[]) =>
      rows.filter((row) => (row as { kind: string }).kind === "project");
    expect(projects(after)).toEqual(projects(before));
    // In this one nothing was used.
    await ledger.bill(measured("idle", 190, "2"), measured("idle", 250, "2"));
    expect(await versions()).toEqual(after);
  });

  test("of which one hour rises and another falls by as much moves the project", async () => {
    await ledger.bill(measured("even", 0, "0"), measured("even", 120, "8"));
    const before = await ledger.used("even");
    const revision = async () =>
      (await database.pool.query("select revision::int from projects")).rows[0].revision;
    const old = await revision();
    await ledger.bill(measured("even", 60, "1"));
    expect(await ledger.used("even")).toBe(before);
    expect(await revision()).toBe(old + 1);
  });
});

test("an open segment that is full is sealed, and another one goes on", async () => {
  for (const from of [0, 100, 200])
    await ledger.bill(
      ...Array.from({ length: 100 }, (_, index) => {
        return measured("grows", from + index, `${from + index}`);
      }),
    );
  const { rows } = await database.pool.query(
    `select from_time, until_time, count from segments
      union all
     select segment_from, last_time, segment_count from series_heads
      order by from_time`,
  );
  const segment = (from: number) => ({
    from_time: new Date(at(from)),
    until_time: new Date(at(from + 99)),
    count: 100,
  });
  expect(rows).toEqual([segment(0), segment(100), segment(200)]);
  const all = Array.from({ length: 300 }, (_, index) => [index, index]);
  expect(await ledger.stored("grows")).toEqual(all);
});

describe("redelivery", () => {
  test("of what is stored writes nothing, wherever it is stored", async () => {
    const all = Array.from({ length: 300 }, (_, index) => measured("again", index, `${index}.5`));
    await ledger.bill(...all.slice(0, 50), ...all.slice(60));
    await ledger.bill(...all.slice(50, 60));
    const before = await readVersions(database.pool);
    await ledger.bill(...all);
    await ledger.bill(measured("again", 0, "0.50"), measured("again", 299, "299.500"));
    for (const one of [all[0], all[55], all[150], all[299]]) await ledger.bill(one as Measurement);
    expect(await readVersions(database.pool)).toEqual(before);
  });

  test("of a higher value writes the conflict alone", async () => {
    await ledger.bill(measured("higher", 0, "1"), measured("higher", 10, "2"));
    const before = await readVersions(database.pool);
    await ledger.bill(measured("higher", 0, "3"), measured("higher", 10, "3"));
    expect(await readVersions(database.pool)).toEqual(before);
    const { rows } = await database.pool.query("select count::int from measurement_conflicts");
    expect(rows).toEqual([{ count: 2 }]);
  });
});

describe("the hours of a day stand at their places", () => {
  test.each([
    ["from midnight", 15 * 60],
    ["to midnight", 14 * 60],
    ["at noon", 3 * 60],
  ])("%s", async (name, minutes) => {
    // Minute 0 is 09:00 UTC.
    await ledger.bill(measured(name, minutes, "0"), measured(name, minutes + 60, "1"));
    await ledger.bill(measured(name, minutes + 61, "1"));
    const { rows } = await database.pool.query(
      `select day::text, array_position(usage, 1.000000000000000000000000000000) - 1 as hour,
              array_length(array_remove(usage, null), 1) as used
         from daily_costs`,
    );
    const began = new Date(at(minutes));
    expect(rows).toEqual([
      { day: began.toISOString().slice(0, 10), hour: began.getUTCHours(), used: 1 },
    ]);
  });
});

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

/** What the hours of a stretch come to, as the row says it. */
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

describe("corrections", () => {
  test("of a gap of 29 days are at most two rows a day, with the sums of their hours", async () => {
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

  test("of hours that rise and of hours that fall stand apart", async () => {
    await ledger.bill(measured("apart", 0, "0"), measured("apart", 240, "8"));
    await ledger.bill(measured("apart", 120, "1"));
    expect(await corrections()).toMatchObject([
      { from_ms: at(0), until_ms: at(60), usage_before: "4", usage_after: "1" },
      { from_ms: at(120), until_ms: at(180), usage_before: "4", usage_after: "7" },
    ]);
  });

  test("of hours apart from each other stand apart", async () => {
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
});
