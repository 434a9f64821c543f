import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import type { Context } from "aws-lambda";
import { hourMs } from "../../../lib/billing/time.ts";
import { adminOf } from "../../support/admin-calls.ts";
import { ledgerOf, measured } from "../../support/ledger/ledger-fixture.ts";
import { type Functions, loadFunctions } from "../../support/servers/functions.ts";

let functions: Functions;
beforeAll(async () => {
  functions = await loadFunctions({ FORECAST_NOTICE_DAYS: "3", SILENCE_AFTER: "2h" });
});
afterAll(async () => {
  await functions[Symbol.asyncDispose]();
});

const withTime = (ms: number) => ({ getRemainingTimeInMillis: () => ms }) as Context;
/** One credit an hour for ten days, up to so many hours ago. */
const use = (name: string, site: string, hoursAgo: number) =>
  ledgerOf(functions.database).bill(
    ...[
      [240 + hoursAgo, "0"],
      [hoursAgo, "240"],
    ].map(([hours, value]) =>
      measured(name, 0, String(value), { site, timeMs: Date.now() - Number(hours) * hourMs }),
    ),
  );
const notices = async (type: string) => {
  const { rows } = await functions.database.pool.query(
    `select coalesce(project_name, details ->> 'site') as about
       from notices left join projects using (project_id) where type = $1 order by 1`,
    [type],
  );
  return rows.map(({ about }) => about);
};

test("forecasts look as many days ahead as is configured, as long as there is time", async () => {
  for (const [name, left] of [
    ["in two days", 48],
    ["in five days", 120],
  ] as const) {
    await use(name, "8676", 0);
    await adminOf(functions).grant(name, { granted_credits: 240 + left, reason: "test" });
  }
  const { handler } = await import("../../../functions/forecast-budgets.ts");
  expect(await handler({}, withTime(39_000))).toMatchObject({ projects: 0, isFinished: false });
  expect(await handler({}, withTime(300_000))).toMatchObject({ projects: 2, isFinished: true });
  expect(await notices("budget.ending")).toEqual(["in two days"]);
});

test("sites are silent after as long as is configured", async () => {
  await use("one", "fresh", 1.5);
  await use("other", "silent", 2.5);
  const { handler } = await import("../../../functions/watch-sites.ts");
  expect(await handler()).toEqual({ events: 1 });
  expect(await handler()).toEqual({ events: 0 });
  expect(await notices("site.silent")).toEqual(["silent"]);
});

test("silence is told by the database's clock, not by the function's", async () => {
  await use("one", "fresh", 0);
  const { handler } = await import("../../../functions/watch-sites.ts");
  const clock = jest.spyOn(Date, "now").mockReturnValue(Date.now() + 72 * hourMs);
  expect(await handler()).toEqual({ events: 0 });
  clock.mockRestore();
});
