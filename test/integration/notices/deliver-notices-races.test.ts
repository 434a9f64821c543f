import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, beforeEach, expect, test } from "@jest/globals";
import { outbox } from "../../../lib/postgres/notices/outbox.ts";
import { claimSize, leaseMs } from "../../../lib/usecases/notices/claim-policy.ts";
import { deliverNotices, type Outbox } from "../../../lib/usecases/notices/deliver-notices.ts";
import { closedCircuit } from "../../../lib/usecases/notices/delivery-policy.ts";
import type { Channel, Notice } from "../../../lib/usecases/notices/notice.ts";
import { reachHalf as reachHalfAt } from "../../support/notices/reach-half.ts";
import { emptyTables } from "../../support/servers/empty-tables.ts";
import { useDatabase } from "../../support/servers/use-database.ts";

const database = useDatabase(8);
let box: Outbox;
let nowMs: number;
beforeAll(async () => {
  box = outbox(database.pool);
});
beforeEach(async () => {
  await emptyTables(database.pool, "projects", "notices", "channels");
  nowMs = Date.UTC(2026, 10, 23);
});

const reachHalf = (projects: number) => reachHalfAt(database.pool, projects, nowMs);

/** Keeps what it is sent, and answers as the test says. */
const hook = (answer: (sent: readonly Notice[]) => void | Promise<void> = () => {}) => {
  const sent: Notice[] = [];
  const channel: Channel = {
    name: "hook",
    takes: () => true,
    async send(notice) {
      sent.push(notice);
      await answer(sent);
    },
  };
  return { channel, sent };
};
const runOn = (on: Outbox, ...channels: Channel[]) =>
  deliverNotices(
    channels,
    on,
    { nowMs: () => nowMs, random: () => 0.5, onFailure: () => {} },
    nowMs + 600_000,
  );
const run = (...channels: Channel[]) => runOn(box, ...channels);
const claim = (size = claimSize(closedCircuit)) =>
  box.claim("hook", size, { nowMs, leaseUntilMs: nowMs + leaseMs });
const deliveries = async () => {
  const { rows } = await database.pool.query(
    "select state, tries, last_error from deliveries order by notice_id",
  );
  return rows.map(({ state, tries, last_error }) => [state, tries, last_error].join(" ").trim());
};
const failed = (error: string) => ({ state: "due", nextTryMs: nowMs, error }) as const;

test("a run that sleeps over its lease does not undo what the next one delivered", async () => {
  await reachHalf(1);
  await box.dispatch([hook().channel], nowMs);
  const [slept] = await claim();
  if (slept === undefined) throw new Error("nothing was claimed");
  nowMs += leaseMs;
  const { channel, sent } = hook();
  await run(channel);
  await box.finish("hook", slept, failed("timed out"), nowMs);
  await run(channel);
  expect(sent).toHaveLength(1);
  expect(await deliveries()).toEqual(["delivered 2"]);
});

test("its failure does not make due what the next one is sending, its success is one", async () => {
  await reachHalf(1);
  await box.dispatch([hook().channel], nowMs);
  const [slept] = await claim();
  if (slept === undefined) throw new Error("nothing was claimed");
  nowMs += leaseMs;
  expect(await claim()).toHaveLength(1);
  await box.finish("hook", slept, failed("timed out"), nowMs);
  expect(await claim()).toEqual([]);
  await box.finish("hook", slept, { state: "delivered" }, nowMs);
  nowMs += leaseMs;
  expect(await claim()).toEqual([]);
  expect(await deliveries()).toEqual(["delivered 2"]);
});

test("its recipients have got the notice, even where its failure does not count", async () => {
  await reachHalf(1);
  await box.dispatch([hook().channel], nowMs);
  const [slept] = await claim();
  if (slept === undefined) throw new Error("nothing was claimed");
  nowMs += leaseMs;
  const [second] = await claim();
  slept.recipients.set("a", "delivered");
  second?.recipients.set("b", "delivered");
  await box.finish("hook", slept, failed("timed out"), nowMs);
  if (second !== undefined) await box.finish("hook", second, failed("452 full"), nowMs);
  expect(await deliveries()).toEqual(["due 2 452 full"]);
  const [third] = await claim();
  expect([...(third?.recipients.keys() ?? [])].toSorted()).toEqual(["a", "b"]);
});

test("what was under way when the receiver was found to be gone has failed, unless it was taken", async () => {
  await reachHalf(3);
  await box.dispatch([hook().channel], nowMs);
  const [busy, taken] = await claim({ countMax: 2, operatorsMax: 2 });
  if (busy === undefined || taken === undefined) throw new Error("too little was claimed");
  await box.disable("hook", "HTTP 410", nowMs);
  await box.finish("hook", busy, failed("HTTP 500"), nowMs);
  await box.finish("hook", taken, { state: "delivered" }, nowMs);
  expect((await deliveries()).sort()).toEqual([
    "delivered 1",
    "failed 0 HTTP 410",
    "failed 1 HTTP 410",
  ]);
});

test("while a receiver is being disabled nobody gives it new notices, which would be due for ever", async () => {
  await reachHalf(1);
  const waiting = async (count: number) => {
    for (let tries = 0; tries < 500; tries += 1) {
      const { rows } = await database.pool.query(
        "select count(*)::int as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      );
      if (rows[0].count >= count) return;
      await sleep(10);
    }
    throw new Error(`${count} do not wait`);
  };
  const blocker = await database.pool.connect();
  await blocker.query("begin; lock table deliveries in share mode");
  const disabled = box.disable("hook", "HTTP 410", nowMs);
  await waiting(1);
  const dispatched = box.dispatch([hook().channel], nowMs);
  await waiting(2);
  await blocker.query("commit");
  blocker.release();
  await Promise.all([disabled, dispatched]);
  expect(await deliveries()).toEqual([]);
});

test("a run stops where another one has opened the circuit meanwhile", async () => {
  await reachHalf(20);
  const open = { failures: 3, openUntilMs: nowMs + 60_000, isDisabled: false };
  const { channel, sent } = hook(() => box.keepCircuit("hook", open));
  await run(channel);
  expect(sent).toHaveLength(8);
});

test("a run that fails at one channel comes to its end at the others before it does", async () => {
  await reachHalf(20);
  const broken: Outbox = {
    ...box,
    finish: async (name, ...rest) => {
      if (name === "broken") throw new Error("no connection");
      return box.finish(name, ...rest);
    },
  };
  const { channel, sent } = hook(() => sleep(5));
  const ended = runOn(broken, { ...hook().channel, name: "broken" }, channel);
  await expect(ended).rejects.toThrow("no connection");
  expect(sent).toHaveLength(20);
  await sleep(50);
  expect((await deliveries()).filter((state) => state === "delivered 1")).toHaveLength(20);
});

test("a notice that cannot be read holds up no other, and is given up where operators see it", async () => {
  await reachHalf(3);
  await database.pool.query("delete from projects where project_name = 'project 1'");
  await database.pool.query("insert into notices (type) values ('of.tomorrow')");
  const { channel, sent } = hook();
  const other = { ...hook().channel, name: "other", takes: () => false };
  await run(channel, other);
  await run(channel, other);
  expect(sent).toHaveLength(2);
  const none = "failed 1 The notice has no project";
  const unknown = "failed 1 A notice of type of.tomorrow is not known";
  const left = (await deliveries()).filter((state) => state !== "delivered 1");
  expect(left.sort()).toEqual([unknown, unknown, none, none].sort());
});
