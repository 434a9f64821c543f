import { beforeEach, expect, test } from "@jest/globals";
import { applyTariffs } from "../../../lib/postgres/ledger/apply-tariffs.ts";
import { retentionPorts } from "../../../lib/postgres/operations/retention.ts";
import { appendSamples } from "../../../lib/segments/append.ts";
import { parseMetricSettings } from "../../../lib/settings/metrics.ts";
import { removeOldMeasurements } from "../../../lib/usecases/operations/remove-old-measurements.ts";
import { isDrifting } from "../../../lib/usecases/operations/verify-ledger.ts";
import { at, ledgerOf, measured } from "../../support/ledger/ledger-fixture.ts";
import { verifyProjects } from "../../support/ledger/verify-projects.ts";
import { emptyTables } from "../../support/servers/empty-tables.ts";
import { runProgram } from "../../support/servers/run-program.ts";
import { useDatabase } from "../../support/servers/use-database.ts";

const database = useDatabase();
const ledger = ledgerOf(database);
// Each test names other projects, because a connection remembers the ids of their series.
beforeEach(async () => {
  await emptyTables(database.pool, "projects", "segments", "daily_costs", "rerates");
  await applyTariffs(database.pool, parseMetricSettings('{"project_vcpu_usage": 2}'), "test");
});

const verify = (projectName: string | null = null, sinceMs: number | null = null) =>
  verifyProjects(database.pool, projectName, sinceMs);

const change = (projectName: string, statement: string) =>
  database.pool.query(
    `with one as (select series_id from series join projects using (project_id) where project_name = $1) ${statement}`,
    [projectName],
  );

const sealed = "segments set";
const head = "series_heads set";
const first =
  "segments.series_id = one.series_id and from_time = (select min(from_time) from segments where series_id = one.series_id)";
const own = "series_heads.series_id = one.series_id";
const damages: readonly (readonly [string, string, RegExp])[] = [
  ["bytes that go on", `${sealed} samples = samples || '\\x00' from one where ${first}`, /goes on/],
  [
    "a changed byte",
    `${sealed} samples = set_byte(samples, 0, 9) from one where ${first}`,
    /version 9 is not known/,
  ],
  ["another count", `${sealed} count = count + 1 from one where ${first}`, /ends too early/],
  [
    "another first time",
    `${sealed} from_time = from_time - interval '1 ms' from one where ${first}`,
    /the first sample is of 2026-11-23T09:00:00.000Z/,
  ],
  [
    "another last time",
    `${sealed} until_time = until_time + interval '1 ms' from one where ${first}`,
    /the last sample is of/,
  ],
  ["an open segment's count", `${head} segment_count = 3 from one where ${own}`, /goes on/],
  [
    "an open segment's first time",
    `${head} segment_from = segment_from + interval '1 ms' from one where ${own}`,
    /the first sample is of/,
  ],
  [
    "an open segment's step",
    `${head} segment_step_ms = segment_step_ms + 1 from one where ${own}`,
    /the last step is 60000 ms, not 60001/,
  ],
  [
    "an open segment's decimals",
    `${head} segment_decimals = 7 from one where ${own}`,
    /its values have 0 decimals, not 7/,
  ],
];

/** Bills 250 samples, a minute apart: two sealed segments of 84 and an open one of 82. */
const billMany = (projectName: string, from = 0) =>
  ledger.bill(
    ...Array.from({ length: 250 }, (_, index) => {
      return measured(projectName, from + index, `${from + index}`);
    }),
  );

test.each(damages)("%s is found, and ends no run", async (name, statement, reason) => {
  await billMany(name);
  await billMany(`zebrafish of ${name}`);
  expect((await verify(name)).some(isDrifting)).toBe(false);
  await change(name, `update ${statement}`);
  const found = await verify(name);
  expect(found).toMatchObject([{ damagedSegments: 1, firstDamage: expect.stringMatching(reason) }]);
  expect(found[0]?.firstDamage).toMatch(
    /^series \d+ \(project_vcpu_usage\/8676\/a1\), the segment of 2026-11-23T/,
  );
  expect(found.some(isDrifting)).toBe(true);
  // The projects behind it have their turn.
  expect((await verify()).map(({ projectName }) => projectName)).toContain(`zebrafish of ${name}`);
});

test("segments that overlap are found", async () => {
  await billMany("overlap");
  const { bytes, end } = appendSamples(null, [{ timeMs: at(10), value: 1n }]);
  await database.pool.query(
    `insert into segments (series_id, from_time, until_time, count, samples)
       select series_id, $2, $2, $3, $4
         from series join projects using (project_id) where project_name = $1`,
    ["overlap", new Date(at(10)), end.count, Buffer.from(bytes)],
  );
  // Nothing can be derived from samples that are not in the order of time.
  expect(await verify("overlap")).toMatchObject([
    {
      hours: 0,
      states: 0,
      damagedSegments: 1,
      firstDamage: expect.stringContaining("it begins before an earlier one ends"),
    },
  ]);
});

test("damage before what is verified is found where that has to be read", async () => {
  await billMany("recent");
  await change(
    "recent",
    `update segments set samples = set_byte(samples, 0, 9) from one where ${first}`,
  );
  // Since minute 100 there are two segments, both whole; but the hour and the dip window reach into the first.
  expect(await verify("recent", at(100))).toMatchObject([
    { damagedSegments: 1, firstDamage: expect.stringContaining("version 9"), hours: 0, states: 0 },
  ]);
});

test("damage before what is verified is left to the next verification of the whole project", async () => {
  await billMany("old");
  await billMany("old", 10_000);
  await change(
    "old",
    `update segments set samples = set_byte(samples, 0, 9) from one where ${first}`,
  );
  expect(await verify("old", at(10_249))).toMatchObject([{ damagedSegments: 0 }]);
  expect(await verify("old")).toMatchObject([{ damagedSegments: 1 }]);
});

test("damage behind the floor is found, as long as that is not deleted", async () => {
  await billMany("floor");
  const ports = { ...retentionPorts(database.pool), deleteBatch: async () => 0 };
  const { floorsMoved } = await removeOldMeasurements(ports, at(240), () => false);
  expect(floorsMoved).toBeGreaterThan(0);
  await change(
    "floor",
    `update segments set samples = set_byte(samples, 0, 9) from one where ${first}`,
  );
  expect(await verify("floor")).toMatchObject([{ damagedSegments: 1 }]);
});

const environment = () => ({ DATABASE_URL: database.url });
const damage =
  /series \d+ \(project_vcpu_usage\/8676\/a1\), the segment of 2026-11-23T09:00:00.000Z: byte 0: version 9 is not known/;

test("npm run verify and the scheduled verification name the damage", async () => {
  await billMany("damaged");
  await change(
    "damaged",
    `update segments set samples = set_byte(samples, 0, 9) from one where ${first}`,
  );
  await expect(runProgram("lib/commands/verify.ts", [], environment())).rejects.toMatchObject({
    code: 1,
    stdout: expect.stringMatching(
      new RegExp(`^damaged: 1 series, drift 0.0: 1 segments are damaged, first ${damage.source}\n`),
    ),
  });
  const call = `const { handler } = await import("./functions/verify-ledger.ts");
    await handler({}, { getRemainingTimeInMillis: () => 300_000 });
    process.exit();`;
  const { stdout } = await runProgram("--input-type=module", ["--eval", call], environment());
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.find(({ scope }) => scope === "slice")).toMatchObject({
    msg: "the ledger drifts",
    drifting: 1,
    drifts: ["damaged"],
    damage: [expect.stringMatching(damage)],
  });
  const { rows } = await database.pool.query(
    "select drifts from verifications where scope = 'slice' order by verification_id desc limit 1",
  );
  expect(rows[0].drifts).toMatchObject([
    { projectName: "damaged", damagedSegments: 1, firstDamage: expect.stringMatching(damage) },
  ]);
});
