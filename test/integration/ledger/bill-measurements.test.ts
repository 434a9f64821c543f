import { beforeAll, expect, test } from "@jest/globals";
import type { Measurement } from "../../../lib/billing/measurement.ts";
import { applyTariffs } from "../../../lib/postgres/ledger/apply-tariffs.ts";
import { withLedger } from "../../../lib/postgres/ledger/billing-ledger.ts";
import { insertSeries } from "../../../lib/postgres/ledger/queries/insert-series.ts";
import { readCreditHistory, readProjectCredits } from "../../../lib/postgres/reading/credits.ts";
import { parseMetricSettings } from "../../../lib/settings/metrics.ts";
import { TariffMissing } from "../../../lib/usecases/ledger/bill-slice.ts";
import { isBlocked } from "../../support/is-blocked.ts";
import { billMeasurements } from "../../support/ledger/bill-measurements.ts";
import { begin, measured, minute } from "../../support/ledger/ledger-fixture.ts";
import { emptyTables } from "../../support/servers/empty-tables.ts";
import { useDatabase } from "../../support/servers/use-database.ts";

const database = useDatabase();
beforeAll(async () => {
  const prices = parseMetricSettings('{"project_vcpu_usage": 1, "project_mb_usage": 0.3}');
  await applyTariffs(database.pool, prices, "test");
});

const bill = (...measurements: Measurement[]) =>
  billMeasurements(measurements, withLedger(database.pool));
const used = async (projectName: string) =>
  (await readProjectCredits(database.pool, projectName))?.usedCredits;
const steps = async (projectName: string) =>
  (await readCreditHistory(database.pool, { projectName, from: null, to: null })).steps;
const corrections = async (projectName: string) => {
  const { rows } = await database.pool.query(
    `select reason, credits_before::float8 as before, credits_after::float8 as after
       from corrections join series using (series_id) join projects using (project_id)
      where project_name = $1 order by from_hour`,
    [projectName],
  );
  return rows;
};

test("the first measurement is the baseline and costs nothing", async () => {
  await bill(measured("baseline", 0, "1000000"));
  expect(Number(await used("baseline"))).toBe(0);
});

test("usage between two measurements is charged, hour by hour", async () => {
  await bill(measured("hours", 30, "10"), measured("hours", 90, "16"));
  expect((await steps("hours")).map(({ at, credits }) => [at, Number(credits)])).toEqual([
    ["2026-11-23 09:30:00", 0],
    ["2026-11-23 10:00:00", 3],
    ["2026-11-23 10:30:00", 6],
  ]);
});

test("each metric has its price, and a project is charged for the sum of its sites", async () => {
  await bill(measured("sites", 0, "5"), measured("sites", 0, "7", { site: "6544" }));
  await bill(measured("sites", 10, "6"), measured("sites", 10, "9.5", { site: "6544" }));
  const memory = { metric: "project_mb_usage" };
  await bill(measured("sites", 0, "1", memory), measured("sites", 10, "11", memory));
  expect(Number(await used("sites"))).toBe(1 + 2.5 + 10 * 0.3);
});

test("no digit is lost in ten thousand steps of 0.03", async () => {
  const steps = Array.from({ length: 10_001 }, (_, step) =>
    measured("floats", step / 60, (step * 3).toString().padStart(3, "0").replace(/(..)$/, ".$1")),
  );
  await bill(...steps);
  expect(await used("floats")).toMatch(/^300(\.0*)?$/);
});

test("the same measurements again, in one or another batch, change nothing", async () => {
  const batch = [measured("again", 0, "1"), measured("again", 5, "2.5"), measured("again", 9, "4")];
  await bill(...batch);
  const before = [await used("again"), await steps("again")];
  await bill(...batch);
  await bill(...batch.slice(1), ...batch);
  await bill(measured("again", 5, "2.500"));
  expect([await used("again"), await steps("again")]).toEqual(before);
  expect(await corrections("again")).toEqual([]);
});

test("a late measurement moves usage between hours, and the correction is recorded", async () => {
  await bill(measured("late", 0, "0"), measured("late", 120, "12"));
  await bill(measured("late", 60, "2"));
  expect((await steps("late")).map(({ credits }) => Number(credits))).toEqual([0, 2, 12]);
  expect(await corrections("late")).toEqual([
    { reason: "late", before: 6, after: 2 },
    { reason: "late", before: 6, after: 10 },
  ]);
});

test("of two values for one time the lower counts, whichever came first", async () => {
  await bill(measured("conflict", 0, "0"), measured("conflict", 10, "5"));
  await bill(measured("conflict", 10, "4"));
  expect(Number(await used("conflict"))).toBe(4);
  await bill(measured("conflict", 10, "9"));
  expect(Number(await used("conflict"))).toBe(4);
  const { rows } = await database.pool.query(
    `select kept::float8, refused::float8, count::int
       from measurement_conflicts join series using (series_id) join projects using (project_id)
      where project_name = 'conflict'`,
  );
  expect(rows).toEqual([{ kept: 4, refused: 9, count: 2 }]);
});

test("after a drop nothing is charged until it is decided: a dip costs only what exceeds the peak", async () => {
  await bill(measured("dip", 0, "100"), measured("dip", 5, "110"), measured("dip", 10, "40"));
  expect(Number(await used("dip"))).toBe(10);
  await bill(measured("dip", 15, "110"), measured("dip", 20, "120"));
  expect(Number(await used("dip"))).toBe(20);
});

test("a drop that does not heal within the hour was a reset, and what was held back is charged", async () => {
  await bill(measured("reset", 0, "100"), measured("reset", 5, "110"));
  await bill(measured("reset", 10, "40"), measured("reset", 15, "45"));
  expect(Number(await used("reset"))).toBe(10);
  await bill(measured("reset", 71, "50"));
  expect(Number(await used("reset"))).toBe(20);
});

test("several billers at once on the same projects lose nothing and bill nothing twice", async () => {
  const messages = Array.from({ length: 40 }, (_, step) =>
    ["a", "b", "c"].map((name) => measured(`crowd ${name}`, step, String(step * 2))),
  );
  const twice = [...messages, ...messages.toReversed()];
  await Promise.all(twice.map((message) => bill(...message.toReversed())));
  for (const name of ["a", "b", "c"]) expect(Number(await used(`crowd ${name}`))).toBe(78);
});

test("a biller that waited to insert a series locks the project again, and loses nothing of another's", async () => {
  await bill(measured("first scrapes", 0, "0"));
  const unknown = { resource: "unknown" };
  const first = measured("first scrapes", 10, "1", unknown);
  const inserting = await database.pool.connect();
  await inserting.query("begin");
  await insertSeries(inserting, [first]);
  // It lets the project go for as long as it waits for the series that the other is about to insert.
  const billing = bill(first, measured("first scrapes", 10, "5"));
  expect(await isBlocked(database.pool, billing)).toBe(true);
  await withLedger(database.pool)(async (ledger) => {
    await ledger.lock([{ name: "known", key: measured("first scrapes", 0, "0") }]);
    await billMeasurements([measured("first scrapes", 5, "3")], (work) => work(ledger));
    await inserting.query("rollback");
    inserting.release();
    expect(await isBlocked(database.pool, billing)).toBe(true);
  });
  await billing;
  await bill(measured("first scrapes", 20, "6"), measured("first scrapes", 20, "2", unknown));
  expect(Number(await used("first scrapes"))).toBe(6 + 1);
});

test("what the database has no tariff for is not billed and not forgotten: it throws", async () => {
  const unknown = measured("untariffed", 0, "1", { metric: "gpu_hours" });
  await expect(bill(unknown, measured("untariffed", 0, "1"))).rejects.toThrow(TariffMissing);
  expect(await used("untariffed")).toBeUndefined();
});

test("a new price counts from now on and leaves the past as it was billed", async () => {
  const prices = parseMetricSettings('{"project_vcpu_usage": 7}');
  expect(await applyTariffs(database.pool, prices, "test")).toBe(1);
  expect(await applyTariffs(database.pool, prices, "test")).toBe(0);
  const now = Math.ceil(Date.now() / minute) - begin / minute;
  await bill(measured("priced", now + 1, "0"), measured("priced", now + 2, "2"));
  expect(Number(await used("priced"))).toBe(14);
  await bill(measured("priced before", 0, "0"), measured("priced before", 1, "2"));
  expect(Number(await used("priced before"))).toBe(2);
});

test("what was dropped is added up, also where nothing is left to bill", async () => {
  const dropped = { keyId: "agent", atMs: begin, counts: { "not-whitelisted": 3 } };
  await billMeasurements([], withLedger(database.pool), dropped);
  await billMeasurements([], withLedger(database.pool), dropped);
  const { rows } = await database.pool.query(
    "select reason, count::int from samples_dropped where key_id = 'agent'",
  );
  expect(rows).toEqual([{ reason: "not-whitelisted", count: 6 }]);
});

test("a project that was deleted by hand begins anew, also for a biller that remembers its series", async () => {
  await bill(measured("deleted", 0, "0"), measured("deleted", 10, "5"));
  await bill(measured("deleted", 20, "6"));
  await emptyTables(database.pool, "projects");
  await bill(measured("deleted", 30, "7"), measured("deleted", 40, "9"));
  expect(Number(await used("deleted"))).toBe(2);
});
