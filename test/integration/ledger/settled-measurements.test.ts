import { beforeAll, expect, test } from "@jest/globals";
import { applyTariffs } from "../../../lib/postgres/ledger/apply-tariffs.ts";
import { parseMetricSettings } from "../../../lib/settings/metrics.ts";
import { at, ledgerOf, measured } from "../../support/ledger/ledger-fixture.ts";
import { useDatabase } from "../../support/servers/use-database.ts";

const database = useDatabase();
const ledger = ledgerOf(database);
beforeAll(async () => {
  const metrics =
    '{"project_vcpu_usage": 1, "jobs": {"kind": "delta", "prices": [{"credits": 1}]}}';
  await applyTariffs(database.pool, parseMetricSettings(metrics), "test");
});

const setFloor = (projectName: string, minutes: number, value: string) =>
  database.pool.query(
    `update series
        set floor_time = to_timestamp($2::float8 / 1000), floor_value = $3, floor_usage = 0, floor_credits = 0
       from projects
      where projects.project_id = series.project_id and project_name = $1`,
    [projectName, at(minutes), value],
  );
const setDiscard = (projectName: string, fromMinutes: number, untilMinutes: number) =>
  database.pool.query(
    `insert into discards (series_id, from_time, until_time, measurements, actor, reason)
     select series_id, to_timestamp($2::float8 / 1000), to_timestamp($3::float8 / 1000), 0, 'test', 'test'
       from series join projects using (project_id) where project_name = $1`,
    [projectName, at(fromMinutes), at(untilMinutes)],
  );

test("what is measured at or before the floor is not billed, and an operator sees it", async () => {
  await ledger.bill(measured("floor", 0, "0"), measured("floor", 60, "6"));
  await setFloor("floor", 30, "3");
  const tooLate = [
    measured("floor", 10, "2"),
    measured("floor", 30, "1"),
    measured("floor", 31, "4"),
  ];
  await ledger.bill(...tooLate);
  await ledger.bill(...tooLate.slice(0, 2));
  expect(await ledger.stored("floor")).toEqual([
    [0, 0],
    [31, 4],
    [60, 6],
  ]);
  expect(await ledger.used("floor")).toBe(6);
  expect(await ledger.refused("floor")).toEqual([{ reason: "before-floor", value: 1, count: 4 }]);
});

test("a late measurement is billed from the floor on, not from what lies before it", async () => {
  // The drop at minute 20 was decided before the floor; the floor is what a late one compares with.
  await ledger.bill(measured("behind", 0, "100"), measured("behind", 20, "10"));
  await ledger.bill(measured("behind", 90, "17"), measured("behind", 100, "20"));
  expect(await ledger.used("behind")).toBe(10);
  await setFloor("behind", 90, "17");
  await database.pool.query(
    `delete from measurements using series join projects using (project_id)
      where measurements.series_id = series.series_id
        and project_name = 'behind' and time <= to_timestamp($1::float8 / 1000)`,
    [at(90)],
  );
  await ledger.bill(measured("behind", 95, "18"));
  await ledger.bill(measured("behind", 96, "12"));
  // 17, 18, 12, 20: a dip that heals.
  expect(await ledger.used("behind")).toBe(10);
  await ledger.bill(measured("behind", 94, "16"));
  expect(await ledger.used("behind")).toBe(10);
  expect((await ledger.stored("behind")).map(([minutes]) => minutes)).toEqual([94, 95, 96, 100]);
});

test("what lies behind the floor and is not deleted yet is not read any more", async () => {
  await ledger.bill(measured("unread", 0, "100"), measured("unread", 10, "50"));
  await ledger.bill(measured("unread", 130, "60"));
  await setFloor("unread", 10, "50");
  // Seen from minute 0 the value of 100 would be the end of a dip.
  await ledger.bill(measured("unread", 30, "100"));
  expect(await ledger.used("unread")).toBe(50);
});

test("the floor's own delta is not billed a second time", async () => {
  const jobs = { metric: "jobs" };
  await ledger.bill(measured("delta", 0, "5", jobs), measured("delta", 10, "7", jobs));
  await setFloor("delta", 10, "7");
  await ledger.bill(measured("delta", 20, "1", jobs));
  await ledger.bill(measured("delta", 15, "2", jobs));
  expect(await ledger.used("delta")).toBe(15);
});

test("what is measured in a discarded stretch is not billed, its first and last instant included", async () => {
  await ledger.bill(measured("discarded", 0, "0"));
  await setDiscard("discarded", 10, 20);
  const minutes = [9, 10, 15, 20, 21];
  for (const minute of minutes) await ledger.bill(measured("discarded", minute, String(minute)));
  await ledger.bill(...minutes.map((minute) => measured("discarded", minute, String(minute))));
  expect((await ledger.stored("discarded")).map(([minute]) => minute)).toEqual([0, 9, 21]);
  expect(await ledger.used("discarded")).toBe(21);
  expect(await ledger.refused("discarded")).toEqual([{ reason: "discarded", value: 20, count: 6 }]);
});

test("a discard of one series leaves the others of the project alone", async () => {
  await ledger.bill(measured("neighbours", 0, "0"));
  await setDiscard("neighbours", 0, 60);
  const other = { site: "6544" };
  await ledger.bill(measured("neighbours", 0, "0", other), measured("neighbours", 10, "3", other));
  expect(await ledger.used("neighbours")).toBe(3);
});

test("adjustments are steps of the history, at their time, with a metric of their own", async () => {
  await ledger.bill(measured("adjusted", 0, "0"), measured("adjusted", 120, "12"));
  await database.pool.query(
    `insert into adjustments (idempotency_key, project_id, credits, reason, actor, at)
     select 'refund-1', project_id, -2.5, 'outage', 'test', to_timestamp($1::float8 / 1000)
       from projects where project_name = 'adjusted'`,
    [at(90)],
  );
  expect(
    (await ledger.steps("adjusted")).map(({ at, metric, credits }) => [
      at,
      metric,
      Number(credits),
    ]),
  ).toEqual([
    ["2026-11-23 09:00:00", "project_vcpu_usage", 0],
    ["2026-11-23 10:00:00", "project_vcpu_usage", 6],
    ["2026-11-23 10:30:00", "adjustment", 3.5],
    ["2026-11-23 11:00:00", "project_vcpu_usage", 9.5],
  ]);
});
