import { beforeEach, expect, test } from "@jest/globals";
import type pg from "pg";
import { lockAdvisory } from "../../../lib/postgres/database/queries/lock-advisory.ts";
import { lockAdvisoryShared } from "../../../lib/postgres/database/queries/lock-advisory-shared.ts";
import { limitScan } from "../../../lib/postgres/notices/limit-scan.ts";
import { outbox } from "../../../lib/postgres/notices/outbox.ts";
import { deleteNoticesBefore } from "../../../lib/postgres/notices/queries/delete-notices-before.ts";
import { selectUndispatched } from "../../../lib/postgres/notices/queries/select-undispatched.ts";
import type { Channel } from "../../../lib/usecases/notices/notice.ts";
import { isBlocked } from "../../support/is-blocked.ts";
import { reachHalf } from "../../support/notices/reach-half.ts";
import { emptyTables } from "../../support/servers/empty-tables.ts";
import { useDatabase } from "../../support/servers/use-database.ts";

const database = useDatabase();
const nowMs = Date.UTC(2026, 10, 23);
const channel: Channel = { name: "hook", takes: () => true, send: async () => {} };
beforeEach(() => emptyTables(database.pool, "projects", "notices", "channels", "limit_thresholds"));

const dispatch = () => outbox(database.pool).dispatch([channel], nowMs);
const scan = () => limitScan(database.pool)(["50"], nowMs);
const deliveries = async () =>
  (await database.pool.query("select state from deliveries")).rows.map((row) => row.state);

/** Whether the work waits for a transaction that has done this; it is ended, and the work with it. */
async function waitsFor(
  hold: (client: pg.PoolClient) => Promise<unknown>,
  work: () => Promise<unknown>,
): Promise<boolean> {
  const client = await database.pool.connect();
  try {
    await client.query("begin");
    await hold(client);
    const working = work();
    const isWaiting = await isBlocked(database.pool, working);
    await client.query("rollback");
    await working;
    return isWaiting;
  } finally {
    client.release();
  }
}

test("a scan of the limits waits for one that is under way", async () => {
  await reachHalf(database.pool, 0, nowMs);
  expect(await waitsFor((client) => lockAdvisory(client, "limitScan"), scan)).toBe(true);
});

test("notices are dispatched after a channel is disabled, or before, and never beside it", async () => {
  await reachHalf(database.pool, 2, nowMs);
  const isWaiting = await waitsFor((client) => lockAdvisory(client, "channelDisabling"), dispatch);
  expect(isWaiting).toBe(true);
  expect(await deliveries()).toEqual(["due", "due"]);
  const disable = () => outbox(database.pool).disable("hook", "gone", nowMs);
  const hold = (client: pg.PoolClient) => lockAdvisoryShared(client, "channelDisabling");
  expect(await waitsFor(hold, disable)).toBe(true);
  expect(await deliveries()).toEqual(["failed", "failed"]);
});

test("two that dispatch wait for each other nowhere, and each notice is dispatched by one", async () => {
  await reachHalf(database.pool, 3, nowMs);
  const hold = (client: pg.PoolClient) => selectUndispatched(client, 2);
  expect(await waitsFor(hold, dispatch)).toBe(false);
  expect(await deliveries()).toEqual(["due"]);
  await dispatch();
  expect(await deliveries()).toEqual(["due", "due", "due"]);
});

test("old notices that another run removes at the moment are left to it", async () => {
  await reachHalf(database.pool, 2, nowMs);
  await database.pool.query(
    "update notices set dispatched_at = occurred_at, rearmed_at = occurred_at",
  );
  const removed = (client: pg.PoolClient | pg.Pool, limit: number) =>
    deleteNoticesBefore(client, nowMs + 1, limit);
  let second = 0;
  const isWaiting = await waitsFor(
    (client) => removed(client, 1),
    async () => {
      second = await removed(database.pool, 2);
    },
  );
  expect([isWaiting, second]).toEqual([false, 1]);
});
