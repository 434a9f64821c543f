import { beforeAll, expect, test } from "@jest/globals";
import { formatCredits } from "../../../lib/billing/credits.ts";
import { applyTariffs } from "../../../lib/postgres/ledger/apply-tariffs.ts";
import { withLedger } from "../../../lib/postgres/ledger/billing-ledger.ts";
import { discardPorts } from "../../../lib/postgres/operations/discard.ts";
import { parseMetricSettings } from "../../../lib/settings/metrics.ts";
import type { SeriesScope } from "../../../lib/usecases/ledger/stored-series.ts";
import { discardMeasurements } from "../../../lib/usecases/operations/discard-measurements.ts";
import { isBlocked } from "../../support/is-blocked.ts";
import { billMeasurements } from "../../support/ledger/bill-measurements.ts";
import { at, ledgerOf, measured } from "../../support/ledger/ledger-fixture.ts";
import { runProgram } from "../../support/servers/run-program.ts";
import { useDatabase } from "../../support/servers/use-database.ts";

const database = useDatabase();
const ledger = ledgerOf(database);
beforeAll(async () => {
  await applyTariffs(
    database.pool,
    parseMetricSettings('{"project_vcpu_usage": 1, "project_mb_usage": 1}'),
    "test",
  );
});

async function discard(
  scope: Partial<SeriesScope>,
  fromMinutes: number,
  untilMinutes: number,
  dryRun = false,
) {
  const order = {
    scope: { projectName: null, site: null, metric: null, resource: null, ...scope },
    range: { fromMs: at(fromMinutes), untilMs: at(untilMinutes) },
    actor: "ada",
    reason: "broken exporter",
  };
  const told: object[] = [];
  for await (const one of discardMeasurements(order, discardPorts(database.pool), dryRun)) {
    told.push({ ...one, credits: formatCredits(one.credits) });
  }
  return told;
}

const spike = (projectName: string) => [
  measured(projectName, 0, "100"),
  measured(projectName, 10, "1000000"),
  measured(projectName, 20, "110"),
];

test("a spike is billed as if it had never been sent, and the correction says who and why", async () => {
  await ledger.bill(...spike("spike"));
  expect(await ledger.used("spike")).toBe(999_900);
  expect(await discard({ projectName: "spike" }, 5, 15)).toEqual([
    { projectName: "spike", series: 1, measurements: 1, credits: "-999890.0" },
  ]);
  expect(await ledger.used("spike")).toBe(10);
  expect(await ledger.stored("spike")).toEqual([
    [0, 100],
    [20, 110],
  ]);
  expect(await ledger.corrections("spike")).toEqual([
    { reason: "discard", actor: "ada", note: "broken exporter", before: 999_900, after: 10 },
  ]);
});

test("what was discarded stays discarded when it is delivered again", async () => {
  await ledger.bill(...spike("again"));
  await discard({ projectName: "again" }, 5, 15);
  await ledger.bill(...spike("again"));
  await ledger.bill(measured("again", 30, "112"));
  expect(await ledger.used("again")).toBe(12);
  expect(await ledger.refused("again")).toEqual([
    { reason: "discarded", value: 1_000_000, count: 1 },
  ]);
});

test("a dry run tells the same and changes nothing", async () => {
  await ledger.bill(...spike("dry"));
  const told = await discard({ projectName: "dry" }, 5, 15, true);
  expect(await ledger.used("dry")).toBe(999_900);
  expect(await ledger.corrections("dry")).toEqual([]);
  await ledger.bill(...spike("dry"));
  expect(await ledger.refused("dry")).toEqual([]);
  expect(await discard({ projectName: "dry" }, 5, 15)).toEqual(told);
});

test("a discard that is run again finds nothing left to do", async () => {
  await ledger.bill(...spike("twice"));
  await discard({ projectName: "twice" }, 5, 15);
  expect(await discard({ projectName: "twice" }, 5, 15)).toEqual([
    { projectName: "twice", series: 1, measurements: 0, credits: "0.0" },
  ]);
  const { rows } = await database.pool.query(
    `select measurements::int from discards join series using (series_id) join projects using (project_id)
      where project_name = 'twice'`,
  );
  expect(rows).toEqual([{ measurements: 1 }]);
});

test("a series goes on from what is left: the last measurement, and an open drop", async () => {
  await ledger.bill(measured("end", 0, "0"), measured("end", 10, "5"), measured("end", 20, "3"));
  await ledger.bill(measured("end", 30, "900"));
  await discard({ projectName: "end" }, 30, 30);
  expect(await ledger.used("end")).toBe(5);
  await ledger.bill(measured("end", 40, "6"));
  expect(await ledger.used("end")).toBe(6);
  await discard({ projectName: "end" }, 0, 100);
  expect([await ledger.used("end"), await ledger.stored("end")]).toEqual([0, []]);
  await ledger.bill(measured("end", 200, "50"), measured("end", 210, "51"));
  expect(await ledger.used("end")).toBe(1);
  expect((await ledger.steps("end"))[0]?.at).toBe("2026-11-23 12:20:00");
});

test("site, metric and resource narrow down what is discarded; a site may be discarded alone", async () => {
  const [a, b] = [{ site: "broken" }, { site: "broken", resource: "b2" }];
  await ledger.bill(measured("one", 0, "0"), measured("one", 10, "1"));
  await ledger.bill(measured("one", 0, "0", a), measured("one", 10, "20", a));
  await ledger.bill(measured("one", 0, "0", b), measured("one", 10, "300", b));
  await ledger.bill(measured("two", 0, "0", a), measured("two", 10, "4000", a));
  await discard({ site: "broken", resource: "b2" }, 0, 60);
  expect([await ledger.used("one"), await ledger.used("two")]).toEqual([21, 4000]);
  await discard({ site: "broken" }, 5, 60);
  expect([await ledger.used("one"), await ledger.used("two")]).toEqual([1, 0]);
});

test("a metric may be discarded alone", async () => {
  const memory = { metric: "project_mb_usage" };
  await ledger.bill(measured("metrics", 0, "0"), measured("metrics", 10, "1"));
  await ledger.bill(measured("metrics", 0, "0", memory), measured("metrics", 10, "20", memory));
  await discard({ projectName: "metrics", metric: "project_mb_usage" }, 0, 60);
  expect(await ledger.used("metrics")).toBe(1);
});

test("a wider discard counts beside the narrower one before it", async () => {
  await ledger.bill(...spike("wider"), measured("wider", 30, "112"));
  await discard({ projectName: "wider" }, 5, 15);
  await discard({ projectName: "wider" }, 5, 25);
  expect(await ledger.used("wider")).toBe(12);
  await ledger.bill(...spike("wider"));
  expect(await ledger.stored("wider")).toEqual([
    [0, 100],
    [30, 112],
  ]);
  expect((await ledger.refused("wider"))[0]).toMatchObject({ reason: "discarded", count: 2 });
});

test("a discard across a floor leaves what was settled before it", async () => {
  await ledger.bill(
    ...["0", "1", "2", "3", "4"].map((value, step) => measured("floored", step * 10, value)),
  );
  await database.pool.query(
    `update series
        set floor_time = to_timestamp($1::float8 / 1000), floor_value = 2, floor_usage = 2, floor_credits = 2
       from projects where projects.project_id = series.project_id and project_name = 'floored'`,
    [at(20)],
  );
  expect(await discard({ projectName: "floored" }, 0, 30)).toEqual([
    { projectName: "floored", series: 1, measurements: 1, credits: "0.0" },
  ]);
  expect((await ledger.stored("floored")).map(([minutes]) => minutes)).toEqual([0, 10, 20, 40]);
  await discard({ projectName: "floored" }, 0, 60);
  expect(await ledger.used("floored")).toBe(2);
});

test("a discard beside a biller reads after it, and loses nothing of what it bills", async () => {
  // The biller changes other hours than the discard: in the same one its row would order the two.
  await ledger.bill(...[0, 10, 60].map((minutes) => measured("busy", minutes, `${100 + minutes}`)));
  let discarding: Promise<unknown> = Promise.resolve();
  await withLedger(database.pool)(async (billing) => {
    await billing.lock([{ name: "busy", key: measured("busy", 0, "0") }]);
    discarding = discard({ projectName: "busy" }, 5, 15);
    expect(await isBlocked(database.pool, discarding)).toBe(true);
    await billMeasurements([measured("busy", 130, "230")], (work) => work(billing));
  });
  await discarding;
  await ledger.bill(measured("busy", 140, "240"));
  expect(await ledger.used("busy")).toBe(140);
});

test("npm run discard says what it did, and its usage where it is not understood", async () => {
  await ledger.bill(...spike("command"));
  const run = (...args: string[]) =>
    runProgram("lib/commands/discard.ts", args, { DATABASE_URL: database.url });
  const range = ["--from", "2026-11-23T09:05:00Z", "--until", "2026-11-23T09:15:00Z"];
  const who = ["--actor", "ada", "--reason", "spike"];
  const { stdout } = await run("--project", "command", ...range, ...who);
  expect(stdout).toBe(
    "command: 1 series, 1 measurements, -999890.0 credits\ndiscarded 1 measurements of 1 projects\n",
  );
  await expect(run("--project", "command", ...range)).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^--actor is missing\n\nUsage: npm run discard/),
  });
  await expect(run(...range, ...who)).rejects.toMatchObject({ code: 1 });
  const site = ["--project", "command", "--site", "broke"];
  await expect(run(...site, ...range, ...who, "--dry-run")).rejects.toMatchObject({
    code: 1,
    stdout: "",
    stderr: "no series matches --project command --site broke; there are: 8676\n",
  });
  // Said twice is no fault: the series are there.
  const again = await run("--project", "command", ...range, ...who);
  expect(again.stdout).toMatch(/\ndiscarded 0 measurements of 1 projects\n$/);
});
