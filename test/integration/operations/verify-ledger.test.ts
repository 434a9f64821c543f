import { beforeAll, beforeEach, expect, test } from "@jest/globals";
import { applyTariffs } from "../../../lib/postgres/ledger/apply-tariffs.ts";
import { verificationPorts } from "../../../lib/postgres/operations/verification.ts";
import { parseMetricSettings } from "../../../lib/settings/metrics.ts";
import { isDrifting } from "../../../lib/usecases/operations/verify-ledger.ts";
import { verifyOnSchedule } from "../../../lib/usecases/operations/verify-on-schedule.ts";
import { at, ledgerOf, measured, minute } from "../../support/ledger/ledger-fixture.ts";
import { readStoredSamples, replaceOpenSegment } from "../../support/ledger/stored-samples.ts";
import { verifyProjects } from "../../support/ledger/verify-projects.ts";
import { runProgram } from "../../support/servers/run-program.ts";
import { useDatabase } from "../../support/servers/use-database.ts";

const database = useDatabase();
const ledger = ledgerOf(database);
beforeAll(async () => {
  await applyTariffs(database.pool, parseMetricSettings('{"project_vcpu_usage": 2}'), "test");
  await ledger.bill(measured("good", 0, "5"), measured("good", 10, "6"), measured("good", 20, "1"));
});

const projects = ["balance", "hours", "usage", "state", "lost"];
beforeEach(async () => {
  for (const name of projects) {
    await ledger.bill(measured(name, 0, "0"), measured(name, 60, "6"), measured(name, 120, "8"));
  }
});

const verify = (projectName: string | null = null, sinceMs: number | null = null) =>
  verifyProjects(database.pool, projectName, sinceMs);

const change = (projectName: string, statement: string) =>
  database.pool.query(
    `with one as (select series_id, project_id from series join projects using (project_id) where project_name = $1) ${statement}`,
    [projectName],
  );
const oneCredit = 10n ** 42n;

test("a ledger that was only ever booked does not drift", async () => {
  const found = await verify();
  expect(found.map(({ projectName }) => projectName)).toEqual(["good", ...projects]);
  expect(found.filter(isDrifting)).toEqual([]);
});

test("credits that are in no hour are found", async () => {
  await change(
    "balance",
    "update projects set used_credits = used_credits + 1 from one where projects.project_id = one.project_id",
  );
  expect(await verify("balance")).toMatchObject([{ balanceDrift: oneCredit, hours: 0 }]);
  await change(
    "balance",
    "insert into adjustments (idempotency_key, project_id, credits, reason, actor) select 'b', project_id, 1, 'r', 'a' from one",
  );
  expect((await verify("balance")).some(isDrifting)).toBe(false);
});

test("an hour that the measurements do not account for is found, and also since a date", async () => {
  await change(
    "hours",
    "update daily_costs set credits = array_replace(credits, 4, 2) from one where daily_costs.series_id = one.series_id",
  );
  expect(await verify("hours")).toMatchObject([
    { hours: 1, hoursDrift: 2n * oneCredit, states: 0 },
  ]);
  expect(await verify("hours", at(100))).toMatchObject([{ hours: 1 }]);
  expect(await verify("hours", at(130))).toEqual([]);
});

test("usage that costs nothing is compared, too", async () => {
  await change(
    "usage",
    "update daily_costs set usage = array_replace(usage, 6, 7) from one where daily_costs.series_id = one.series_id",
  );
  expect(await verify("usage")).toMatchObject([{ hours: 1, hoursDrift: 0n, balanceDrift: 0n }]);
});

test("a measurement that vanished is found, and a series that stands elsewhere", async () => {
  const [lost] = await readStoredSamples(database.pool, "lost");
  const left = lost?.samples.filter(({ timeMs }) => timeMs !== at(60)) ?? [];
  await replaceOpenSegment(database.pool, lost?.seriesId ?? 0, left);
  expect(await verify("lost")).toMatchObject([{ hours: 2, states: 0 }]);
  await change(
    "state",
    "update series_heads set last_value = 9 from one where series_heads.series_id = one.series_id",
  );
  expect(await verify("state")).toMatchObject([{ hours: 0, states: 1 }]);
});

test("the schedule goes on where its time was up, and leaves its result for the operator", async () => {
  const ports = verificationPorts(database.pool);
  // Each look at the clock takes a minute: 12 minutes are enough for a few projects.
  let now = at(180);
  const clock = () => (now += minute);
  const results = [
    ...(await verifyOnSchedule(ports, clock, 12 * minute)),
    ...(await verifyOnSchedule(ports, clock, 40 * minute)),
    ...(await verifyOnSchedule(ports, clock, 40 * minute)),
  ];
  const [recent, slice, nextRecent, nextSlice, lastRecent, lastSlice] = results;
  expect([recent?.scope, slice?.scope]).toEqual(["recent", "slice"]);
  expect(slice).toMatchObject({ afterProjectId: 0 });
  expect(recent?.lastProjectId).toBeGreaterThan(0);
  expect(nextRecent).toMatchObject({ afterProjectId: recent?.lastProjectId, lastProjectId: 0 });
  expect(nextSlice).toMatchObject({ afterProjectId: slice?.lastProjectId });
  expect(lastRecent).toMatchObject({ afterProjectId: 0 });
  expect(lastSlice).toMatchObject({ afterProjectId: nextSlice?.lastProjectId });
  // Behind the last project come the first: there was time for all of them.
  expect(nextRecent?.projects).toBe(projects.length + 1);
  const { rows } = await database.pool.query(
    "select scope, projects, drifting, jsonb_array_length(drifts) as drifts from verifications order by verification_id",
  );
  expect(rows).toEqual(
    results.map(({ scope, projects, drifting, drifts }) => ({
      scope,
      projects,
      drifting,
      drifts: drifts.length,
    })),
  );
  expect(rows.reduce((sum, { drifting }) => sum + drifting, 0)).toBeGreaterThan(0);
});

test("npm run verify prints the drift of each project, and fails where there is any", async () => {
  const run = (...args: string[]) =>
    runProgram("lib/commands/verify.ts", args, { DATABASE_URL: database.url });
  expect((await run("--project", "good")).stdout).toBe(
    "good: 1 series, drift 0.0\nverified 1 projects, 0 of them drift\n",
  );
  await expect(run()).rejects.toMatchObject({
    code: 1,
    stdout: expect.stringContaining(
      "hours: 1 series, drift 4.0: used credits are off by 2.0; 1 hours are off by 2.0 in all\n",
    ),
  });
  await expect(run("--project", "nobody")).rejects.toMatchObject({ code: 1 });
});

test("a project that there is not has no drift, not even none", async () => {
  const { withSnapshot } = verificationPorts(database.pool);
  await expect(withSnapshot((reader) => reader.balanceDrift(0))).rejects.toThrow(/one row/);
});

test("since a date means the projects that were measured since, and no other", async () => {
  await ledger.bill(measured("later", 300, "0"), measured("later", 310, "1"));
  const found = await verify(null, at(200));
  expect(found.map(({ projectName }) => projectName)).toEqual(["later"]);
});
