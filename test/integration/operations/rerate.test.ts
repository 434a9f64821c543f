import { expect, jest, test } from "@jest/globals";
import type { Context } from "aws-lambda";
import { formatCredits } from "../../../lib/billing/credits.ts";
import { PRICE_SCALE, parseDecimal } from "../../../lib/billing/decimal.ts";
import { MetricUnknown } from "../../../lib/billing/rerate-plan.ts";
import { inTransaction } from "../../../lib/postgres/database/in-transaction.ts";
import { applyTariffs } from "../../../lib/postgres/ledger/apply-tariffs.ts";
import { readTariffs } from "../../../lib/postgres/ledger/tariffs.ts";
import { reratePorts } from "../../../lib/postgres/operations/rerate.ts";
import { parseMetricSettings } from "../../../lib/settings/metrics.ts";
import { RerateRefused, rerate } from "../../../lib/usecases/operations/rerate.ts";
import { isBlocked } from "../../support/is-blocked.ts";
import { at, ledgerOf, measured } from "../../support/ledger/ledger-fixture.ts";
import { runProgram } from "../../support/servers/run-program.ts";
import { useDatabase } from "../../support/servers/use-database.ts";

const database = useDatabase();
const ledger = ledgerOf(database);

/** A metric of the test's own, because a price is everybody's. */
const price = (metric: string, setting: unknown) =>
  applyTariffs(database.pool, parseMetricSettings(JSON.stringify({ [metric]: setting })), "test");

interface Asked {
  readonly project?: string;
  readonly site?: string;
  readonly prices?: readonly (readonly [metric: string, credits: string, fromMinutes: number])[];
  readonly dryRun?: boolean;
  readonly projectsMax?: number;
}

async function rerated(sinceMinutes: number, asked: Asked = {}) {
  const { project = null, site = null, prices = [], dryRun = false } = asked;
  const order = {
    scope: { projectName: project, site },
    sinceMs: at(sinceMinutes),
    prices: prices.map(([metric, credits, minutes]) => ({
      metric,
      credits: parseDecimal(credits, PRICE_SCALE),
      fromMs: at(minutes),
    })),
    actor: "ada",
    reason: "board decision",
  };
  const told: Record<string, number> = {};
  let left = asked.projectsMax ?? Number.POSITIVE_INFINITY;
  const shouldStop = () => left-- <= 0;
  for await (const one of rerate(order, reratePorts(database.pool), { dryRun, shouldStop })) {
    told[one.projectName] = Number(formatCredits(one.credits));
  }
  return told;
}

/** 12 units in two hours, one every ten minutes. */
const twoHours = (projectName: string, metric: string, site = "8676") =>
  Array.from({ length: 13 }, (_, step) =>
    measured(projectName, step * 10, String(step), { metric, site }),
  );

test("a price of the past is recorded, its difference told first, and booked with who and why", async () => {
  await price("past", 1);
  await ledger.bill(...twoHours("past a", "past"), ...twoHours("past b", "past"));
  const asked = { prices: [["past", "3", 30]] as const };
  expect(await rerated(0, { ...asked, dryRun: true })).toMatchObject({
    "past a": 18,
    "past b": 18,
  });
  expect(await ledger.used("past a")).toBe(12);
  expect(await rerated(0, asked)).toMatchObject({ "past a": 18, "past b": 18 });
  expect(await ledger.used("past a")).toBe(30);
  expect(await ledger.corrections("past b")).toEqual([
    { reason: "re-rating", actor: "ada", note: "board decision", before: 6, after: 12 },
    { reason: "re-rating", actor: "ada", note: "board decision", before: 6, after: 18 },
  ]);
  expect(await rerated(0, asked)).toMatchObject({ "past a": 0, "past b": 0 });
  expect(await ledger.corrections("past b")).toHaveLength(2);
  await ledger.bill(measured("past a", 130, "13", { metric: "past" }));
  expect(await ledger.used("past a")).toBe(33);
});

test("without a price, what is in force today is to hold since the date, whatever held in between", async () => {
  const setting = (credits: unknown[]) => ({ prices: credits });
  const from = new Date(at(60)).toISOString();
  await price("today", setting([{ credits: 1 }, { from, credits: 2 }]));
  await ledger.bill(...twoHours("today", "today"));
  expect(await ledger.used("today")).toBe(18);
  await price("today", 5);
  expect(await ledger.used("today")).toBe(18);
  expect((await rerated(30, { project: "today" }))["today"]).toBe(9 * 5 + 3 - 18);
  expect(await ledger.used("today")).toBe(48);
});

test("today's tariff is the database's, by whose clock it began, also where this machine's is slow", async () => {
  await price("slow clock", 1);
  await ledger.bill(...twoHours("slow clock", "slow clock"));
  await price("slow clock", 5);
  const clock = jest.spyOn(Date, "now").mockReturnValue(Date.now() - 60_000);
  const told = await rerated(0, { project: "slow clock" });
  clock.mockRestore();
  expect(told).toEqual({ "slow clock": 48 });
});

test("one project or site is re-rated alone, and stays so for what comes late", async () => {
  await price("alone", 1);
  await ledger.bill(...twoHours("alone a", "alone"), ...twoHours("alone b", "alone"));
  await ledger.bill(...twoHours("alone b", "alone", "6544"));
  expect(await rerated(0, { project: "alone a", prices: [["alone", "2", 0]] })).toEqual({
    "alone a": 12,
  });
  expect(await rerated(0, { site: "6544", prices: [["alone", "10", 0]] })).toEqual({
    "alone b": 108,
  });
  expect([await ledger.used("alone a"), await ledger.used("alone b")]).toEqual([24, 132]);
  await ledger.bill(measured("alone a", 5, "0.5", { metric: "alone" }));
  await ledger.bill(measured("alone a", 180, "20", { metric: "alone" }));
  await ledger.bill(measured("alone b", 180, "20", { metric: "alone" }));
  expect([await ledger.used("alone a"), await ledger.used("alone b")]).toEqual([40, 140]);
});

test("a new series of another site is billed without the re-rating of one site", async () => {
  await price("new site", 1);
  await ledger.bill(...twoHours("new site", "new site"));
  await rerated(0, { site: "8676", prices: [["new site", "10", 0]] });
  await ledger.bill(...twoHours("elsewhere", "new site", "6544"));
  await ledger.bill(...twoHours("there", "new site"));
  expect([await ledger.used("elsewhere"), await ledger.used("there")]).toEqual([12, 120]);
});

test("a re-rating begins when no biller is at work that knows nothing of it", async () => {
  await price("begin", 1);
  let rerating: Promise<unknown> = Promise.resolve();
  await inTransaction(database.pool, async (client) => {
    await readTariffs(client);
    rerating = rerated(0, { project: "begin", prices: [["begin", "2", 0]] });
    expect(await isBlocked(database.pool, rerating)).toBe(true);
  });
  expect(await rerating).toEqual({});
});

test("stopped half-way, it goes on with the same command, and what is billed meanwhile is billed once", async () => {
  await price("halves", 1);
  const names = ["halves a", "halves b", "halves c"];
  for (const name of names) await ledger.bill(...twoHours(name, "halves", "half"));
  const asked = { site: "half", prices: [["halves", "2", 0]] as const };
  expect(await rerated(0, { ...asked, projectsMax: 1 })).toEqual({ "halves a": 12 });
  const key = { metric: "halves", site: "half" };
  // Late, in order, and of a series that nobody knew when the run began.
  for (const name of names) {
    await ledger.bill(measured(name, 15, "1.25", key), measured(name, 130, "13", key));
  }
  const late = { ...key, resource: "new" };
  await ledger.bill(measured("halves c", 0, "0", late), measured("halves c", 60, "1", late));
  expect(await Promise.all(names.map(ledger.used))).toEqual([26, 13, 13 + 2]);
  expect(await rerated(0, asked)).toEqual({ "halves b": 13, "halves c": 13 });
  expect(await Promise.all(names.map(ledger.used))).toEqual([26, 26, 28]);
  await ledger.bill(...names.map((name) => measured(name, 140, "14", key)));
  expect(await Promise.all(names.map(ledger.used))).toEqual([28, 28, 30]);
  const { rows } = await database.pool.query(
    "select count(*)::int, count(finished_at)::int as finished from rerates where site = 'half'",
  );
  expect(rows).toEqual([{ count: 1, finished: 1 }]);
});

test("a longer dip window takes resets back, and the series goes on under it", async () => {
  await price("window", { dip_window: "5m", prices: [{ credits: 1 }] });
  const key = { metric: "window" };
  const values = ["100", "110", "40", "45", "111", "60"];
  await ledger.bill(...values.map((value, step) => measured("window", step * 10, value, key)));
  expect(await ledger.used("window")).toBe(10 + 5 + 66);
  await price("window", { dip_window: "2h", prices: [{ credits: 1 }] });
  expect(await rerated(0, { project: "window" })).toEqual({ window: 11 - 81 });
  await ledger.bill(measured("window", 70, "112", key));
  expect(await ledger.used("window")).toBe(12);
});

test("a reset that a longer dip window opens again is charged as the dip that it proves to be", async () => {
  await price("opened", { dip_window: "5m", prices: [{ credits: 1 }] });
  const key = { metric: "opened" };
  await ledger.bill(
    ...["100", "40", "45"].map((value, step) => measured("opened", step * 10, value, key)),
  );
  expect(await ledger.used("opened")).toBe(5);
  await price("opened", { dip_window: "2h", prices: [{ credits: 1 }] });
  expect(await rerated(0, { project: "opened" })).toEqual({ opened: -5 });
  await ledger.bill(measured("opened", 30, "101", key));
  expect(await ledger.used("opened")).toBe(1);
});

test("nothing behind a floor is billed anew", async () => {
  await price("floored", 1);
  await ledger.bill(...twoHours("floored", "floored"));
  await database.pool.query(
    `update series
        set floor_time = to_timestamp($1::float8 / 1000), floor_value = 3, floor_usage = 3, floor_credits = 3
       from projects where projects.project_id = series.project_id and project_name = 'floored'`,
    [at(30)],
  );
  const asked = { project: "floored", prices: [["floored", "2", 0]] as const };
  expect(await rerated(0, asked)).toEqual({ floored: 9 });
  expect(await ledger.used("floored")).toBe(21);
});

test("a price for a metric without a tariff is refused, and nothing is recorded", async () => {
  await expect(rerated(0, { prices: [["nothing", "1", 0]] })).rejects.toThrow(MetricUnknown);
  const { rows } = await database.pool.query("select * from tariffs where metric = 'nothing'");
  expect(rows).toEqual([]);
});

test("npm run rerate tells projects on standard output and progress on standard error", async () => {
  await price("command", 1);
  await ledger.bill(...twoHours("command", "command"));
  const run = (...args: string[]) =>
    runProgram("lib/commands/rerate.ts", args, { DATABASE_URL: database.url });
  const since = ["--since", "2026-11-23T09:00:00Z", "--actor", "ada", "--reason", "test"];
  const dearer = ["--price", "command=1.5@2026-11-23T09:00:00Z"];
  expect(await run("--project", "command", ...since, ...dearer, "--dry-run")).toEqual({
    stdout: "command: 1 series, 6.0 credits\nwould change 1 projects by 6.0 credits\n",
    stderr: "1 of 1 projects\n",
  });
  const { stdout } = await run("--project", "command", ...since, ...dearer);
  expect(stdout).toBe("command: 1 series, 6.0 credits\nchanged 1 projects by 6.0 credits\n");
  expect(await ledger.used("command")).toBe(18);
  await expect(run(...since)).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining("give --project, --site or --all"),
  });
  const rerates = async () =>
    (await database.pool.query("select count(*)::int from rerates")).rows[0].count;
  const count = await rerates();
  await expect(run("--project", "comand", "--site", "8676", ...since)).rejects.toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringMatching(/^no series matches --project comand; there are: .*command/),
  });
  expect(await rerates()).toBe(count);
  await expect(run("--all", ...since, "--price", "cheap")).rejects.toMatchObject({ code: 1 });
  const tooEarly = ["--price", "command=1@2026-11-23T08:59:59Z"];
  await expect(run("--project", "command", ...since, ...tooEarly)).rejects.toMatchObject({
    code: 1,
    stdout: "",
    stderr: "the price of command begins before the re-rating\n",
  });
  expect(await rerates()).toBe(count);
});

test("the function refuses what the command refuses, and records nothing", async () => {
  await price("event", 1);
  process.env["DATABASE_URL"] = database.url;
  const { handler } = await import("../../../functions/rerate-measurements.ts");
  const context = { getRemainingTimeInMillis: () => 600_000 } as Context;
  const event = {
    scope: { projectName: null, site: null },
    since: "2026-11-23T09:00:00Z",
    prices: [{ metric: "event", credits: "1", from: "2026-11-23T08:59:59Z" }],
    actor: "ada",
    reason: "test",
    dryRun: false,
  };
  const recorded = async () =>
    (
      await database.pool.query(
        "select (select count(*) from rerates), (select count(*) from tariffs)",
      )
    ).rows;
  const before = await recorded();
  await expect(handler(event, context)).rejects.toThrow(RerateRefused);
  expect(await recorded()).toEqual(before);
});
