import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { Context } from "aws-lambda";
import { scanLimits } from "../../../lib/postgres/notices/limit-scan.ts";
import { noticeAndRequestPorts } from "../../../lib/postgres/notices/notice-and-request-ports.ts";
import { outbox } from "../../../lib/postgres/notices/outbox.ts";
import { deliverNotices } from "../../../lib/usecases/notices/deliver-notices.ts";
import { type Channel, DeliveryFailed, type Notice } from "../../../lib/usecases/notices/notice.ts";
import { removeOldNoticesAndRequests } from "../../../lib/usecases/notices/remove-old-notices-and-requests.ts";
import { adminOf, bodyOf } from "../../support/admin-calls.ts";
import { indexesUsed } from "../../support/indexes-used.ts";
import { reachHalf as reachHalfAt } from "../../support/notices/reach-half.ts";
import { emptyTables } from "../../support/servers/empty-tables.ts";
import { type Functions, loadFunctions } from "../../support/servers/functions.ts";

const minuteMs = 60_000;
const dayMs = 1_440 * minuteMs;
let functions: Functions;
let admin: ReturnType<typeof adminOf>;
beforeAll(async () => {
  functions = await loadFunctions();
  admin = adminOf(functions);
});
afterAll(async () => {
  await functions[Symbol.asyncDispose]();
});
beforeEach(async () => {
  const { pool } = functions.database;
  await emptyTables(pool, "projects", "notices", "channels", "idempotency_keys");
});

const query = (statement: string, values: unknown[] = []) =>
  functions.database.pool.query(statement, values);
const ports = () => noticeAndRequestPorts(functions.database.pool);
/** Removes what is too old so many days from now. */
const remove = (days: number, shouldStop = () => false) =>
  removeOldNoticesAndRequests(ports(), Date.now() + days * dayMs, shouldStop);

describe("keys", () => {
  const refund = { credits: -2.5, reason: "the site was down" };
  const used = async (project: string) => bodyOf(await admin.credits(project)).current_credits;

  test("are remembered for 30 days", async () => {
    const first = await admin.adjust("kept", refund, "key");
    expect(await remove(29.99)).toEqual({
      requestsRemoved: 0,
      noticesRemoved: 0,
      isFinished: true,
    });
    expect(await admin.adjust("kept", refund, "key")).toEqual(first);
    expect(await remove(30.01)).toMatchObject({ requestsRemoved: 1 });
  });

  test("are adjusted with once for good: later the same request is refused, and books nothing", async () => {
    await admin.adjust("refunded", refund, "for good");
    await remove(31);
    for (const body of [refund, { ...refund, credits: -3 }]) {
      const answer = await admin.adjust("refunded", body, "for good");
      expect([answer.statusCode, bodyOf(answer).code]).toEqual([422, "idempotency-key-reused"]);
    }
    expect(await used("refunded")).toBe(-2.5);
    expect(await admin.adjustments("refunded")).toHaveLength(1);
  });

  test("of a grant can be used anew", async () => {
    const key = { "idempotency-key": "granted" };
    await admin.grant("granted", { granted_credits: 100, reason: "r" }, key);
    await remove(31);
    const answer = await admin.grant("granted", { granted_credits: 200, reason: "r" }, key);
    expect(answer.statusCode).toBe(200);
    expect(await admin.grants("granted")).toMatchObject([{ credits: "100" }, { credits: "200" }]);
  });

  test("go in batches, the oldest first, and by an index", async () => {
    await query(
      `insert into idempotency_keys (idempotency_key, request, recorded_at)
       select 'k' || n, 'r', now() - n * interval '1 minute' from generate_series(1, 5002) as n`,
    );
    const used = await indexesUsed(functions.database, async (pool) => {
      expect(await noticeAndRequestPorts(pool).deleteRequests(Date.now() - minuteMs)).toBe(5_000);
    });
    expect(used).toContain("idempotency_keys_recorded");
    const { rows } = await query(
      "select array_agg(idempotency_key order by 1) as left from idempotency_keys",
    );
    expect(rows).toEqual([{ left: ["k1", "k2"] }]);
  });
});

/** Each project reaches its half, now. */
const reachHalf = (...names: string[]) => reachHalfAt(functions.database.pool, names, Date.now());
const scan = (nowMs = Date.now()) => scanLimits(functions.database.pool, ["50"], nowMs);
/** The limits of all projects are armed again. */
const rearm = async () => {
  await query("update projects set granted_credits = 400");
  await scan();
};
const channel = (name: string, answer: (notice: Notice) => void = () => {}): Channel => ({
  name,
  takes: () => true,
  send: async (notice) => answer(notice),
});
const send = (...channels: Channel[]) =>
  deliverNotices(
    channels,
    outbox(functions.database.pool),
    { nowMs: Date.now, random: () => 0.5, onFailure: () => {} },
    Date.now() + minuteMs,
  );
const left = async () => {
  const { rows } = await query(
    `select type, project_name as project, array_agg(state order by channel) as states
       from notices left join projects using (project_id) left join deliveries using (notice_id)
      group by notice_id, project_name order by notice_id`,
  );
  return rows.map(({ type, project, states }) => [project ?? type, ...states]);
};

describe("notices", () => {
  test("go 400 days after they were delivered, with their deliveries", async () => {
    await reachHalf("told");
    await send(channel("hook"), channel("mail"));
    await rearm();
    expect(await remove(399.99)).toMatchObject({ noticesRemoved: 0 });
    expect(await left()).toEqual([["told", "delivered", "delivered"]]);
    expect(await remove(400.01)).toMatchObject({ noticesRemoved: 1, isFinished: true });
    expect(await left()).toEqual([]);
    expect((await query("select from deliveries")).rows).toEqual([]);
  });

  test("go where there was nobody to deliver them to", async () => {
    await reachHalf("untold");
    await send({ ...channel("deaf"), takes: () => false });
    await rearm();
    expect(await remove(401)).toMatchObject({ noticesRemoved: 1 });
  });

  test("stay while a limit is not armed again, and so nobody is told twice", async () => {
    await reachHalf("above");
    await send(channel("hook"));
    expect(await remove(4_000)).toMatchObject({ noticesRemoved: 0 });
    expect(await scan()).toEqual({ noticed: 0, rearmed: 0 });
  });

  test.each([
    [null, 0],
    ["2026-01-01", 1],
  ])("of an ending budget stay until it is armed again: %s", async (rearmedAt, removed) => {
    await query(
      `insert into notices (type, project_id, used_credits, granted_credits, details, rearmed_at, dispatched_at)
       values ('budget.ending', 1, 90, 100, '{}', $1, now())`,
      [rearmedAt],
    );
    expect(await remove(401)).toMatchObject({ noticesRemoved: removed });
  });

  test("stay where they have failed or wait, anywhere, and can be sent", async () => {
    await reachHalf("failed", "waiting");
    const hook = channel("hook", (notice) => {
      const about = "projectName" in notice && notice.projectName === "failed" ? "gone" : "notice";
      throw new DeliveryFailed(about, "no");
    });
    await send(hook, channel("mail"));
    await query(
      "update deliveries set state = 'due' from notices join projects using (project_id) where notices.notice_id = deliveries.notice_id and project_name = 'waiting' and channel = 'hook'",
    );
    await reachHalf("new");
    await rearm();
    expect(await remove(4_000)).toMatchObject({ noticesRemoved: 0 });
    expect((await left()).toSorted()).toEqual([
      ["failed", "failed", "delivered"],
      ["new", null],
      ["waiting", "due", "delivered"],
    ]);
  });

  test("stay as long where they were delivered late", async () => {
    await reachHalf("late");
    await send(channel("hook"), channel("mail"));
    await rearm();
    await query(
      "update deliveries set finished_at = now() + interval '90 days' where channel = 'mail'",
    );
    expect(await remove(489)).toMatchObject({ noticesRemoved: 0 });
    expect(await remove(491)).toMatchObject({ noticesRemoved: 1 });
  });

  test("to operators go, for what they were told of is kept elsewhere", async () => {
    await query("insert into notices (type, details) values ('site.silent', '{}')");
    expect(await remove(401)).toMatchObject({ noticesRemoved: 0 });
    await query("update notices set dispatched_at = now()");
    expect(await remove(401)).toMatchObject({ noticesRemoved: 1 });
  });

  test("go in batches, by an index, also where two runs are at it at once", async () => {
    await query(
      `insert into notices (type, occurred_at, dispatched_at)
       select 'site.silent', now() - n * interval '1 minute', now() from generate_series(1, 6000) as n`,
    );
    const used = await indexesUsed(functions.database, async (pool) => {
      expect(await noticeAndRequestPorts(pool).deleteNotices(Date.now())).toBe(5_000);
    });
    expect(used).toContain("notices_ended");
    const runs = await Promise.all([remove(401), remove(401)]);
    expect(runs.reduce((sum, { noticesRemoved }) => sum + noticesRemoved, 0)).toBe(1_000);
  });
});

test("where the time is up it stops, and the next run of the schedule goes on", async () => {
  await query(
    "insert into idempotency_keys (idempotency_key, request, recorded_at) values ('old', 'r', now() - interval '31 days')",
  );
  await query(
    "insert into notices (type, occurred_at, dispatched_at) values ('site.silent', now() - interval '401 days', now() - interval '401 days')",
  );
  const { handler } = await import("../../../functions/remove-old-notices-and-requests.ts");
  const run = (ms: number) =>
    handler({}, { getRemainingTimeInMillis: () => ms } as unknown as Context);
  expect(await run(30_000)).toEqual({ requestsRemoved: 0, noticesRemoved: 0, isFinished: false });
  expect(await run(minuteMs)).toEqual({ requestsRemoved: 1, noticesRemoved: 1, isFinished: true });
});
