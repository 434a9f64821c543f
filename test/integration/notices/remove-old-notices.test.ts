import { beforeEach, expect, test } from "@jest/globals";
import { dayMs, minuteMs } from "../../../lib/billing/time.ts";
import { limitScan } from "../../../lib/postgres/notices/limit-scan.ts";
import { oldNotices } from "../../../lib/postgres/notices/old-notices.ts";
import { outbox } from "../../../lib/postgres/notices/outbox.ts";
import { deliverNotices } from "../../../lib/usecases/notices/deliver-notices.ts";
import { type Channel, DeliveryFailed, type Notice } from "../../../lib/usecases/notices/notice.ts";
import { removeOldNotices } from "../../../lib/usecases/notices/remove-old-notices.ts";
import { indexesUsed } from "../../support/indexes-used.ts";
import { reachHalf as reachHalfAt } from "../../support/notices/reach-half.ts";
import { emptyTables } from "../../support/servers/empty-tables.ts";
import { useDatabase } from "../../support/servers/use-database.ts";

const database = useDatabase();
beforeEach(async () => {
  await emptyTables(database.pool, "projects", "notices", "channels");
});

const query = (statement: string, values: unknown[] = []) => database.pool.query(statement, values);
/** Removes the notices that are too old so many days from now. */
const remove = (days: number) =>
  removeOldNotices(oldNotices(database.pool), Date.now() + days * dayMs, () => false);

/** Each project reaches its half, now. */
const reachHalf = (...names: string[]) => reachHalfAt(database.pool, names, Date.now());
const scan = (nowMs = Date.now()) => limitScan(database.pool)(["50"], nowMs);
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
    outbox(database.pool),
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

test("notices go 400 days after they were delivered, with their deliveries", async () => {
  await reachHalf("told");
  await send(channel("hook"), channel("mail"));
  await rearm();
  expect(await remove(399.99)).toBe(0);
  expect(await left()).toEqual([["told", "delivered", "delivered"]]);
  expect(await remove(400.01)).toBe(1);
  expect(await left()).toEqual([]);
  expect((await query("select from deliveries")).rows).toEqual([]);
});

test("notices go where there was nobody to deliver them to", async () => {
  await reachHalf("untold");
  await send({ ...channel("deaf"), takes: () => false });
  await rearm();
  expect(await remove(401)).toBe(1);
});

test("notices stay while a limit is not armed again, and so nobody is told twice", async () => {
  await reachHalf("above");
  await send(channel("hook"));
  expect(await remove(4_000)).toBe(0);
  expect(await scan()).toEqual({ noticed: 0, rearmed: 0 });
});

test.each([
  [null, 0],
  ["2026-01-01", 1],
])("notices of an ending budget stay until it is armed again: %s", async (rearmedAt, removed) => {
  await query(
    `insert into notices (type, project_id, used_credits, granted_credits, details, rearmed_at, dispatched_at)
     values ('budget.ending', 1, 90, 100, '{}', $1, now())`,
    [rearmedAt],
  );
  expect(await remove(401)).toBe(removed);
});

test("notices stay where they have failed or wait, anywhere, and can be sent", async () => {
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
  expect(await remove(4_000)).toBe(0);
  expect((await left()).toSorted()).toEqual([
    ["failed", "failed", "delivered"],
    ["new", null],
    ["waiting", "due", "delivered"],
  ]);
});

test("notices stay as long where they were delivered late", async () => {
  await reachHalf("late");
  await send(channel("hook"), channel("mail"));
  await rearm();
  await query(
    "update deliveries set finished_at = now() + interval '90 days' where channel = 'mail'",
  );
  expect(await remove(489)).toBe(0);
  expect(await remove(491)).toBe(1);
});

test("notices to operators go, for what they were told of is kept elsewhere", async () => {
  await query("insert into notices (type, details) values ('site.silent', '{}')");
  expect(await remove(401)).toBe(0);
  await query("update notices set dispatched_at = now()");
  expect(await remove(401)).toBe(1);
});

test("a notice goes while others wait, with its own deliveries alone", async () => {
  await reachHalf("told");
  await send(channel("hook"), channel("mail"));
  await reachHalf("waits");
  await outbox(database.pool).dispatch([channel("hook"), channel("mail")], Date.now());
  await rearm();
  expect(await remove(401)).toBe(1);
  expect(await left()).toEqual([["waits", "due", "due"]]);
});

test("a notice that no channel takes stays as long as the others", async () => {
  await reachHalf("nobody's");
  await outbox(database.pool).dispatch([], Date.now());
  await rearm();
  expect(await remove(399.99)).toBe(0);
  expect(await remove(400.01)).toBe(1);
});

test("notices go in batches, by an index, also where two runs are at it at once", async () => {
  await query(
    `insert into notices (type, occurred_at, dispatched_at)
     select 'site.silent', now() - n * interval '1 minute', now() from generate_series(1, 6000) as n`,
  );
  const used = await indexesUsed(database, async (pool) => {
    expect(await oldNotices(pool).deleteBefore(Date.now())).toBe(5_000);
  });
  expect(used).toContain("notices_ended");
  const runs = await Promise.all([remove(401), remove(401)]);
  expect(runs.reduce((sum, removed) => sum + removed, 0)).toBe(1_000);
});
