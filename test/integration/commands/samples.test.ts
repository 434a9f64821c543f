import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { applyTariffs } from "../../../lib/postgres/ledger/apply-tariffs.ts";
import { parseMetricSettings } from "../../../lib/settings/metrics.ts";
import { at, ledgerOf, measured } from "../../support/ledger/ledger-fixture.ts";
import { createMigratedDatabase, type TestDatabase } from "../../support/servers/database.ts";

const command = join(import.meta.dirname, "../../../lib/commands/samples.ts");
const header = "project,site,resource,metric,time,value";
let database: TestDatabase;
beforeAll(async () => {
  database = await createMigratedDatabase();
  const prices = '{"project_vcpu_usage": 1, "project_mb_usage": 0.3}';
  await applyTariffs(database.pool, parseMetricSettings(prices), "test");
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

const environment = () => ({ PATH: process.env["PATH"], DATABASE_URL: database.url });
async function run(...args: string[]): Promise<readonly string[]> {
  const options = { env: environment(), maxBuffer: 2 ** 28 };
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [command, ...args],
    options,
  );
  expect(stderr).toBe("");
  return stdout.trimEnd().split("\n");
}
const rfc3339 = (minutes: number) => new Date(at(minutes)).toISOString();
const between = (from: number, until: number) => [
  ...["--from", rfc3339(from)],
  ...["--until", rfc3339(until)],
];

test("each sample of the project stands in a line, with every digit and its millisecond", async () => {
  const name = 'Zoë, "the" 🚀';
  const bill = ledgerOf(database).bill;
  await bill(measured(name, 0, "7.000000000000000000000000000001", { resource: "" }));
  await bill(measured(name, 1 / 60_000, "123456789012345", { resource: "" }));
  await bill(measured(name, 5, "1", { metric: "project_mb_usage", site: "a,b" }));
  await bill(measured("another one", 0, "1"));
  const quotedName = '"Zoë, ""the"" 🚀"';
  expect(await run("--project", name, ...between(0, 5))).toEqual([
    header,
    `${quotedName},8676,,project_vcpu_usage,2026-11-23T09:00:00.000Z,7.000000000000000000000000000001`,
    `${quotedName},8676,,project_vcpu_usage,2026-11-23T09:00:00.001Z,123456789012345.0`,
    `${quotedName},"a,b",a1,project_mb_usage,2026-11-23T09:05:00.000Z,1.0`,
  ]);
});

test("site, metric and range choose, and both ends of the range belong to it", async () => {
  const { bill } = ledgerOf(database);
  for (const minutes of [0, 1, 2, 3]) {
    await bill(
      measured("chosen", minutes, "1"),
      measured("chosen", minutes, "1", { site: "6544" }),
      measured("chosen", minutes, "1", { metric: "project_mb_usage" }),
    );
  }
  const scope = ["--project", "chosen", "--site", "8676", "--metric", "project_vcpu_usage"];
  const lines = (await run(...scope, ...between(1, 2))).slice(1);
  expect(lines).toEqual(
    [1, 2].map((minutes) => `chosen,8676,a1,project_vcpu_usage,${rfc3339(minutes)},1.0`),
  );
  expect(await run(...scope, ...between(10, 20))).toEqual([header]);
});

// More segments than a page: sealed ones, with one that was late, and the open one.
const count = 130 * 120 + 7;
async function billMany(name: string): Promise<void> {
  const { bill } = ledgerOf(database);
  const many = Array.from({ length: count }, (_, n) => measured(name, n, `${n}`));
  await bill(...many.filter((_, n) => n !== 1_000));
  await bill(measured(name, 1_000, "1000"));
}

test("many pages are one list, in the order of time, from wherever they begin", async () => {
  await billMany("many");
  const line = (n: number) => `many,8676,a1,project_vcpu_usage,${rfc3339(n)},${n}.0`;
  const lines = (from: number, until: number) =>
    Array.from({ length: until - from + 1 }, (_, n) => line(from + n));
  const printed = async (from: number, until: number) =>
    (await run("--project", "many", ...between(from, until))).slice(1);
  expect(await printed(0, count)).toEqual(lines(0, count - 1));
  expect(await printed(777, 14_000)).toEqual(lines(777, 14_000));
  expect(await printed(count - 2, count)).toEqual(lines(count - 2, count - 1));
}, 60_000);

test("a reader that has seen enough ends it without a complaint", async () => {
  await billMany("cut short");
  const args = [command, "--project", "cut short", ...between(0, count)];
  const printing = spawn(process.execPath, args, { env: environment() });
  const errors: string[] = [];
  printing.stderr.on("data", (chunk) => errors.push(String(chunk)));
  await once(printing.stdout, "data");
  printing.stdout.destroy();
  expect([await once(printing, "exit"), errors]).toEqual([[0, null], []]);
}, 60_000);

test.each([
  [["--site", "8676"], "--project is missing"],
  [["--project", "chosen"], "--from is missing"],
  [["--project", "chosen", ...between(2, 1)], "--from must not be later than --until"],
  [
    ["--project", "chosen", "--metric", "project_vcpu", ...between(0, 1)],
    "no series matches --project chosen --metric project_vcpu; there are: project_mb_usage, project_vcpu_usage",
  ],
])("with %j it says what is wrong", async (args, message) => {
  await expect(run(...args)).rejects.toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringContaining(message),
  });
});
