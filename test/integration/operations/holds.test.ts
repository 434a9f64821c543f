import { beforeAll, expect, test } from "@jest/globals";
import { applyTariffs } from "../../../lib/postgres/ledger/apply-tariffs.ts";
import { readProjectCredits } from "../../../lib/postgres/reading/credits.ts";
import { parseMetricSettings } from "../../../lib/settings/metrics.ts";
import { at, ledgerOf, measured } from "../../support/ledger/ledger-fixture.ts";
import { driftingProjects, verifyProjects } from "../../support/ledger/verify-projects.ts";
import { runProgram } from "../../support/servers/run-program.ts";
import { useDatabase } from "../../support/servers/use-database.ts";

const database = useDatabase();
const ledger = ledgerOf(database);
beforeAll(async () => {
  await applyTariffs(
    database.pool,
    parseMetricSettings(
      '{"project_vcpu_usage": {"max_rate": 1000, "prices": [2]}, "project_mb_usage": 1}',
    ),
    "test",
  );
});

const holds = async (...args: string[]) => {
  const { stdout } = await runProgram("lib/commands/holds.ts", args, {
    DATABASE_URL: database.url,
  });
  return stdout.trim().split("\n");
};
const by = ["--actor", "ada", "--reason", "checked"];
const credits = async (projectName: string) => {
  const { usedCredits, heldCredits } = (await readProjectCredits(database.pool, projectName)) ?? {};
  return [Number(usedCredits), Number(heldCredits)];
};

/** From 100 to 110 in ten minutes, to 10,000 in ten more, and on. */
const jump = (projectName: string) => [
  measured(projectName, 0, "100"),
  measured(projectName, 10, "110"),
  measured(projectName, 20, "10000"),
  measured(projectName, 30, "10010"),
];

test("what nobody can have used is neither usage nor credits, and is shown with its values", async () => {
  await ledger.bill(...jump("shown"));
  expect(await credits("shown")).toEqual([40, 19_780]);
  expect(await holds("--project", "shown")).toEqual([
    "shown: project_vcpu_usage, site 8676, resource a1, 2026-11-23T09:10:00.000Z to 2026-11-23T09:20:00.000Z, from 110.0 to 10000.0: 9890 units, 19780 credits",
    "1 increases are held",
  ]);
});

test("accepted, it is billed at the price of its time by a correction that says who and why", async () => {
  await ledger.bill(...jump("accepted"));
  expect(await holds("--accept", "--project", "accepted", ...by)).toEqual([
    "accepted: 1 increases, 19780.0 credits",
    "accepted: 1 increases",
  ]);
  expect(await credits("accepted")).toEqual([19_820, 0]);
  expect(await ledger.corrections("accepted")).toEqual([
    { reason: "hold", actor: "ada", note: "checked", before: 40, after: 19_820 },
  ]);
  // Delivered again, and split by a late sample: both parts lie in what was accepted.
  await ledger.bill(...jump("accepted"), measured("accepted", 15, "5000"));
  expect(await credits("accepted")).toEqual([19_820, 0]);
});

test("rejected, it stays unbilled and is open no more; a later decision on the stretch counts instead", async () => {
  await ledger.bill(...jump("rejected"));
  await holds("--reject", "--project", "rejected", ...by);
  expect(await credits("rejected")).toEqual([40, 0]);
  expect(await ledger.corrections("rejected")).toEqual([]);
  const stretch = ["--from", "2026-11-23T09:00:00Z", "--until", "2026-11-23T09:30:00Z"];
  const decide = ["--project", "rejected", ...stretch, ...by];
  expect(await holds("--accept", ...decide)).toEqual([
    "rejected: 0 increases, 19780.0 credits",
    "accepted: 0 increases",
  ]);
  expect(await credits("rejected")).toEqual([19_820, 0]);
  await holds("--reject", ...decide);
  expect(await credits("rejected")).toEqual([40, 0]);
});

test("a dry run tells the same and changes nothing", async () => {
  await ledger.bill(...jump("dry"));
  expect(await holds("--accept", "--project", "dry", "--dry-run", ...by)).toEqual([
    "dry: 1 increases, 19780.0 credits",
    "would be accepted: 1 increases",
  ]);
  expect(await credits("dry")).toEqual([40, 19_780]);
});

test("a site is decided on as a whole, and no other", async () => {
  const site = (name: string) => jump("federated").map((one) => ({ ...one, site: name }));
  await ledger.bill(...site("north"), ...site("south"));
  expect(await credits("federated")).toEqual([80, 39_560]);
  await holds("--accept", "--site", "north", ...by);
  expect(await credits("federated")).toEqual([19_860, 19_780]);
});

test("a late sample may dissolve what is held", async () => {
  await ledger.bill(measured("late", 0, "100"), measured("late", 1, "600"));
  expect(await credits("late")).toEqual([0, 1_000]);
  await ledger.bill(measured("late", 0, "590"));
  expect(await credits("late")).toEqual([0, 1_000]);
  await ledger.bill({ ...measured("late", 0, "590"), timeMs: at(0) + 30_000 });
  expect(await credits("late")).toEqual([20, 980]);
});

test("a gauge above the rate is held for as long as it holds", async () => {
  const gauge = { metric: "gpus" };
  await applyTariffs(
    database.pool,
    parseMetricSettings('{"gpus": {"kind": "gauge", "max_rate": 8, "prices": [1]}}'),
    "test",
  );
  await ledger.bill(
    measured("gauge", 0, "8", gauge),
    measured("gauge", 6, "80", gauge),
    measured("gauge", 12, "4", gauge),
    measured("gauge", 18, "4", gauge),
  );
  expect(await credits("gauge")).toEqual([1.2, 8]);
});

test("a rate counts from when it is configured", async () => {
  const metric = "rated";
  const configure = (maxRate: string) =>
    applyTariffs(
      database.pool,
      parseMetricSettings(`{"rated": {"max_rate": ${maxRate}, "prices": [1]}}`),
      "test",
    );
  await configure('"none"');
  const hoursAgo = (hours: number) => ({ metric, timeMs: Date.now() - hours * 3_600_000 });
  await ledger.bill(
    measured("rated", 0, "0", hoursAgo(2)),
    measured("rated", 0, "9000", hoursAgo(1)),
  );
  await configure("10");
  await ledger.bill(measured("rated", 0, "18000", hoursAgo(0.5)));
  expect(await credits("rated")).toEqual([18_000, 0]);
  await ledger.bill(
    measured("rated", 0, "18000", { metric, timeMs: Date.now() + 1_000 }),
    measured("rated", 0, "27000", { metric, timeMs: Date.now() + 2_000 }),
  );
  expect(await credits("rated")).toEqual([18_000, 9_000]);
});

test.each([
  ["an increase that is missing", "delete from held_increases"],
  ["an amount that is another", "update held_increases set usage = usage + 1"],
])("verification sees %s", async (_, damage) => {
  const name = `drift ${damage.slice(0, 6)}`;
  await ledger.bill(...jump(name));
  await database.pool.query(
    `${damage} where series_id in (select series_id from series join projects using (project_id)
                                    where project_name = '${name}')`,
  );
  expect(await verifyProjects(database.pool, name)).toMatchObject([{ held: 1, hours: 0 }]);
  await database.pool.query(
    "update projects set project_name = project_name || ' damaged' where project_name = $1",
    [name],
  );
});

test("after all of this, the ledger is what measurements and decisions say", async () => {
  const drifting = await driftingProjects(database.pool);
  expect(drifting.filter(({ projectName }) => !projectName.endsWith("damaged"))).toEqual([]);
});

test.each([
  [["--accept", "--reject", "--project", "p", ...by], "--accept and --reject exclude each other"],
  [["--accept", ...by], "--project or --site is missing"],
  [["--reject", "--project", "shown", "--actor", "ada"], "--reason is missing"],
  [["--actor", "ada"], "--actor needs --accept or --reject"],
  [["--accept", "--project", "nobody", ...by], "no series matches --project nobody; there are: "],
  [
    ["--accept", "--project", "accepted", ...by],
    "nothing is held there, and no decision is changed",
  ],
])("npm run holds -- %j is refused", async (args, message) => {
  const env = { DATABASE_URL: database.url };
  await expect(runProgram("lib/commands/holds.ts", args, env)).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining(message),
  });
});
