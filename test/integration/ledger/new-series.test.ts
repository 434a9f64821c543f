import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, beforeEach, expect, test } from "@jest/globals";
import type { Measurement } from "../../../lib/billing/measurement.ts";
import { hourMs } from "../../../lib/billing/time.ts";
import { applyTariffs } from "../../../lib/postgres/ledger/apply-tariffs.ts";
import { withLedger } from "../../../lib/postgres/ledger/billing-ledger.ts";
import { withCounterWatch } from "../../../lib/postgres/notices/counter-watch.ts";
import { parseMetricSettings } from "../../../lib/settings/metrics.ts";
import {
  type BillableMessage,
  billMessages,
} from "../../../lib/usecases/ledger/bill-measurements.ts";
import { watchCounters } from "../../../lib/usecases/notices/watch-counters.ts";
import { ledgerOf, measured } from "../../support/ledger/ledger-fixture.ts";
import { useDatabase } from "../../support/servers/use-database.ts";

const database = useDatabase();
const ledger = ledgerOf(database);
beforeAll(async () => {
  await applyTariffs(database.pool, parseMetricSettings('{"project_vcpu_usage":1}'), "test");
});

const perHour = 3;
const message = (keyId: string, ...measurements: Measurement[]): BillableMessage => ({
  keyId,
  measurements,
  dropped: undefined,
});
const bill = async (...messages: BillableMessage[]) => {
  const { left, early } = await billMessages(
    messages,
    withLedger(database.pool, perHour),
    () => false,
  );
  expect(left.size).toBe(0);
  return [...early];
};
/** As if the hour were over. */
async function nextHour() {
  // In two steps, so that no hour meets another on its way.
  await database.pool.query("update new_series set hour = hour - interval '1000 hours'");
  await database.pool.query("update new_series set hour = hour + interval '999 hours'");
}
// An hour that ends within a test would permit more.
beforeEach(async () => {
  const leftMs = hourMs - (Date.now() % hourMs);
  if (leftMs < 10_000) await sleep(leftMs);
});
const named = (key: string, count: number, minutes = 0, value = "1") =>
  Array.from({ length: count }, (_, index) => measured(`${key} ${index}`, minutes, value));
const projects = async (key: string) => {
  const { rows } = await database.pool.query(
    "select count(*)::int from projects where project_name like $1",
    [`${key} %`],
  );
  return rows[0].count;
};
const limited = async () =>
  (await watchCounters(withCounterWatch(database.pool, hourMs, Date.now()))).flatMap((event) =>
    event.type === "key.limited" ? [`${event.keyId}: ${event.seriesCount}`] : [],
  );

test("new series beyond the limit wait for their hours; known ones of the same message are billed now", async () => {
  expect(await bill(message("north", ...named("north", 2)))).toEqual([]);
  const many = message("north", ...named("north", 6, 60, "5"));
  expect(await bill(many)).toEqual([0]);
  expect(await projects("north")).toBe(3);
  expect(await ledger.used("north 0")).toBe(4);
  expect(await ledger.used("north 1")).toBe(4);
  // It comes again within the hour: nothing changes, and nothing is billed twice.
  expect(await bill(many)).toEqual([0]);
  expect(await projects("north")).toBe(3);
  expect(await ledger.used("north 0")).toBe(4);
  await nextHour();
  expect(await bill(many)).toEqual([]);
  expect(await projects("north")).toBe(6);
});

test("one key's limit is not another's, and one message's does not keep others waiting", async () => {
  const early = await bill(
    message("east", ...named("east", 4)),
    message("west", ...named("west", 3)),
    message("east", ...named("north", 1, 120, "6")),
  );
  expect(early).toEqual([0]);
  expect(await projects("west")).toBe(3);
  expect(await ledger.used("north 0")).toBe(5);
});

test("operators are told of the key once, and again only after an hour without", async () => {
  await limited();
  await bill(message("loud", ...named("loud", 9)));
  expect(await limited()).toEqual(["loud: 3"]);
  await bill(message("loud", ...named("loud", 9)));
  expect(await limited()).toEqual([]);
  await nextHour();
  await bill(message("loud", ...named("loud", 9)));
  expect(await limited()).toEqual([]);
});

test("two billers at once make no more than one would", async () => {
  const early = await Promise.all([
    bill(message("both", ...named("both a", 3))),
    bill(message("both", ...named("both b", 3))),
  ]);
  expect(early.flat()).toEqual([0]);
  expect(await projects("both")).toBe(3);
});
