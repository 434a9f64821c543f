import { beforeEach, describe, expect, test } from "@jest/globals";
import type { Measurement } from "../../../lib/billing/measurement.ts";
import { inTransaction } from "../../../lib/postgres/database/in-transaction.ts";
import { applyTariffs } from "../../../lib/postgres/ledger/apply-tariffs.ts";
import { withLedger } from "../../../lib/postgres/ledger/billing-ledger.ts";
import { readWindows } from "../../../lib/postgres/ledger/read-samples.ts";
import { HeadMoved } from "../../../lib/postgres/ledger/write-series.ts";
import { discardPorts } from "../../../lib/postgres/operations/discard.ts";
import { parseMetricSettings } from "../../../lib/settings/metrics.ts";
import { everySeries } from "../../../lib/usecases/ledger/stored-series.ts";
import { discardMeasurements } from "../../../lib/usecases/operations/discard-measurements.ts";
import { billMeasurements } from "../../support/ledger/bill-measurements.ts";
import { at, ledgerOf, measured } from "../../support/ledger/ledger-fixture.ts";
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

test("a lower value replaces the higher one at either end of any segment", async () => {
  const all = Array.from({ length: 250 }, (_, index) => [index, index + 10] as const);
  const values = new Map(all);
  await ledger.bill(...all.map(([minutes, value]) => measured("ends", minutes, `${value}`)));
  // Two sealed segments of 84 samples, and an open one.
  for (const minutes of [0, 83, 84, 167, 168, 249]) {
    values.set(minutes, minutes + 9);
    await ledger.bill(measured("ends", minutes, `${minutes + 9}`));
    expect(await ledger.stored("ends")).toEqual([...values]);
  }
  const { rows } = await database.pool.query("select count(*)::int as sealed from segments");
  expect(rows).toEqual([{ sealed: 2 }]);
});

test("a window holds the samples at both of its ends, and the one before it", async () => {
  const all = Array.from({ length: 250 }, (_, index) => measured("window", index, `${index}`));
  await ledger.bill(...all);
  const { rows } = await database.pool.query("select series_id from series");
  const read = (from: number, to: number) =>
    inTransaction(database.pool, async (client) => {
      const request = { seriesId: rows[0].series_id, fromMs: at(from), toMs: at(to) };
      const [window] = await readWindows(client, [request]);
      return [window?.read[0]?.timeMs, window?.read.at(-1)?.timeMs];
    });
  // Two sealed segments of 84 samples, and an open one.
  for (const from of [1, 83, 84, 85])
    for (const to of [85, 167, 168, 169, 249])
      expect(await read(from, to)).toEqual([at(from - 1), at(to)]);
  expect(await read(0, 84)).toEqual([at(0), at(84)]);
  expect(await read(84, 84)).toEqual([at(83), at(84)]);
});

test("a series begins with the earliest of its measurements, however late it comes", async () => {
  const firstTime = async () =>
    (await database.pool.query("select first_time from series")).rows[0].first_time;
  await ledger.bill(measured("begins", 100, "1"), measured("begins", 110, "1"));
  expect(await firstTime()).toEqual(new Date(at(100)));
  await ledger.bill(measured("begins", 105, "1"));
  expect(await firstTime()).toEqual(new Date(at(100)));
  await ledger.bill(measured("begins", 5, "1"), measured("begins", 120, "1"));
  expect(await firstTime()).toEqual(new Date(at(5)));
});

test("an hour that is open again, because what came after it is discarded, keeps what was used in it", async () => {
  await ledger.bill(measured("reopens", 0, "0"), measured("reopens", 30, "5"));
  await ledger.bill(measured("reopens", 90, "6"), measured("reopens", 150, "7"));
  expect(await ledger.used("reopens")).toBe(14);
  const scope = { ...everySeries, projectName: "reopens" };
  const range = { fromMs: at(60), untilMs: at(200) };
  const order = { scope, range, actor: "ada", reason: "test" };
  for await (const _ of discardMeasurements(order, discardPorts(database.pool), false));
  expect(await ledger.used("reopens")).toBe(10);
  const { rows } = await database.pool.query(
    "select hour, usage::float8 from hourly_costs where usage <> 0",
  );
  expect(rows).toEqual([{ hour: new Date(at(0)), usage: 5 }]);
  // It is closed once more, with all that was used.
  await ledger.bill(measured("reopens", 45, "6"), measured("reopens", 210, "6"));
  const days = await database.pool.query("select usage[10]::float8 as usage from daily_costs");
  expect(days.rows).toEqual([{ usage: 6 }]);
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
