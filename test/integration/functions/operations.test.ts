import { afterEach, beforeAll, beforeEach, expect, jest, test } from "@jest/globals";
import type { Context } from "aws-lambda";
import { logger } from "../../../lib/logger.ts";
import { applyTariffs } from "../../../lib/postgres/ledger/apply-tariffs.ts";
import { parseMetricSettings } from "../../../lib/settings/metrics.ts";
import { ledgerOf, measured } from "../../support/ledger/ledger-fixture.ts";
import { emptyTables } from "../../support/servers/empty-tables.ts";
import { useDatabase } from "../../support/servers/use-database.ts";
import { environmentOf, timeoutMsOf } from "../../support/service-file.ts";

const dayMs = 86_400_000;
const database = useDatabase();
const ledger = ledgerOf(database);
beforeAll(() => {
  logger.level = "silent";
});
beforeEach(async () => {
  // The tariffs are among those of the re-ratings.
  await emptyTables(database.pool, "projects", "rerates", "verifications");
  await applyTariffs(database.pool, parseMetricSettings('{"project_vcpu_usage": 1}'), "test");
});
afterEach(() => {
  jest.restoreAllMocks();
});

type Name = "remove-old-measurements" | "rerate-measurements" | "verify-ledger";

/** With all the time that serverless.yml gives the function, or with less. */
async function invoke(name: Name, event: unknown = {}, leftMs = timeoutMsOf(name)) {
  const given = { DATABASE_URL: database.url, KEEP_DAYS: "50", LATE_DAYS: "20" };
  Object.assign(process.env, environmentOf(name, given));
  const { handler } = await import(`../../../functions/${name}.ts`);
  return handler(event, { getRemainingTimeInMillis: () => leftMs } as Context);
}

/** One unit a day, up to now. */
const bill = (projectName: string, days: number) =>
  ledger.bill(
    ...Array.from({ length: days + 1 }, (_, day) =>
      measured(projectName, 0, String(day), { timeMs: Date.now() - (days - day) * dayMs }),
    ),
  );

const floorDaysAgo = async () => {
  const { rows } = await database.pool.query(
    "select (extract(epoch from now() - floor_time) / 86400)::float8 as days from series",
  );
  return Math.floor(rows[0]?.days);
};

test("remove-old-measurements settles what is older than KEEP_DAYS, and nothing younger", async () => {
  await bill("kept", 70);
  expect(await invoke("remove-old-measurements")).toMatchObject({
    floorsMoved: 1,
    isFinished: true,
  });
  expect(await floorDaysAgo()).toBe(50);
});

test("remove-old-measurements begins nothing where a minute is left, and goes on at the next run", async () => {
  await bill("later", 70);
  const unfinished = { floorsMoved: 0, segmentsDeleted: 0, unreadable: [], isFinished: false };
  expect(await invoke("remove-old-measurements", {}, 59_000)).toEqual(unfinished);
  expect(await invoke("remove-old-measurements")).toMatchObject({ floorsMoved: 1 });
});

/** Doubles the price of the last ten days. */
const order = (dryRun: boolean) => {
  const since = new Date(Date.now() - 10 * dayMs).toISOString();
  const prices = [{ metric: "project_vcpu_usage", credits: "2", from: since }];
  const scope = { projectName: null, site: null };
  return { scope, since, prices, actor: "ada", reason: "test", dryRun };
};
const used = () => Promise.all(["first", "second"].map(ledger.used));

test("rerate-measurements changes no bill in a dry run", async () => {
  await bill("first", 5);
  await bill("second", 5);
  const told = jest.spyOn(logger, "info");
  expect(await invoke("rerate-measurements", order(true))).toEqual({ finished: true });
  expect(told.mock.calls.map(([project]) => project)).toMatchObject([
    { projectName: "first", credits: "5.0" },
    { projectName: "second", credits: "5.0" },
  ]);
  expect(await used()).toEqual([5, 5]);
});

test("rerate-measurements says whether it is finished, and goes on with the same event", async () => {
  await bill("first", 5);
  await bill("second", 5);
  const event = order(false);
  const told = jest.spyOn(logger, "info");
  // The time is up when the first project is done.
  const clock = jest.spyOn(performance, "now");
  const endMs = timeoutMsOf("rerate-measurements");
  clock.mockImplementation(() => (told.mock.calls.length > 0 ? endMs : 0));
  expect(await invoke("rerate-measurements", event)).toEqual({ finished: false });
  clock.mockRestore();
  expect(await used()).toEqual([10, 5]);
  expect(await invoke("rerate-measurements", event, 119_000)).toEqual({ finished: false });
  expect(await used()).toEqual([10, 5]);
  expect(await invoke("rerate-measurements", event)).toEqual({ finished: true });
  expect(await used()).toEqual([10, 10]);
});

test("verify-ledger makes a drift an error in the log, and nothing else", async () => {
  await bill("right", 5);
  await bill("wrong", 5);
  const error = jest.spyOn(logger, "error");
  const info = jest.spyOn(logger, "info");
  await invoke("verify-ledger");
  expect([error.mock.calls.length, info.mock.calls.length]).toEqual([0, 2]);
  const wrong = "update projects set used_credits = used_credits + 1 where project_name = 'wrong'";
  await database.pool.query(wrong);
  info.mockClear();
  await invoke("verify-ledger");
  // The last two days are right; credits that are in no hour are found where projects are verified as a whole.
  expect(info.mock.calls).toMatchObject([[{ scope: "recent" }, "ledger verified"]]);
  expect(error.mock.calls).toMatchObject([
    [{ scope: "slice", drifting: 1, drifts: ["wrong"] }, "the ledger drifts"],
  ]);
});

test("verify-ledger begins nothing where two minutes are left", async () => {
  await bill("later", 5);
  await invoke("verify-ledger", {}, 119_000);
  const count = async () =>
    (await database.pool.query("select coalesce(sum(projects), 0)::int from verifications")).rows;
  expect(await count()).toEqual([{ coalesce: 0 }]);
  await invoke("verify-ledger");
  expect(await count()).toEqual([{ coalesce: 2 }]);
});
