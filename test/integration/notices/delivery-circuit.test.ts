import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, expect, test } from "@jest/globals";
import { minuteMs } from "../../../lib/billing/time.ts";
import { outbox } from "../../../lib/postgres/notices/outbox.ts";
import { deliverNotices } from "../../../lib/usecases/notices/deliver-notices.ts";
import { type Channel, DeliveryFailed } from "../../../lib/usecases/notices/notice.ts";
import { reachHalf as reachHalfAt } from "../../support/notices/reach-half.ts";
import { emptyTables } from "../../support/servers/empty-tables.ts";
import { useDatabase } from "../../support/servers/use-database.ts";

const database = useDatabase(8);
let nowMs: number;
beforeEach(async () => {
  await emptyTables(database.pool, "projects", "notices", "channels");
  nowMs = Date.UTC(2026, 10, 23);
});

const reachHalf = (projects: number) => reachHalfAt(database.pool, projects, nowMs);

/** A receiver that answers its n-th call, from 0, as the test says, and how many it had at once. */
function receiver(answer: (call: number) => void) {
  const seen = { calls: 0, atOnce: 0, atOnceMost: 0 };
  const channel: Channel = {
    name: "hook",
    takes: () => true,
    async send() {
      const call = seen.calls++;
      seen.atOnce += 1;
      seen.atOnceMost = Math.max(seen.atOnceMost, seen.atOnce);
      await sleep(2);
      seen.atOnce -= 1;
      answer(call);
    },
  };
  return { channel, seen };
}
const run = (channel: Channel) =>
  deliverNotices(
    [channel],
    outbox(database.pool),
    { nowMs: () => nowMs, random: () => 0.5, onFailure: () => {} },
    nowMs + 10 * minuteMs,
  );
const circuit = () => outbox(database.pool).circuit("hook");
const busy = (retryAfterMs: number) => {
  throw new DeliveryFailed("receiver", "busy", { retryAfterMs });
};

test("a receiver that is back gets as many at once as ever, and all its failures are forgotten", async () => {
  await reachHalf(20);
  await outbox(database.pool).keepCircuit("hook", {
    failures: 5,
    openUntilMs: nowMs - 1,
    isDisabled: false,
  });
  const { channel, seen } = receiver(() => {});
  await run(channel);
  expect(seen).toMatchObject({ calls: 20, atOnceMost: 8 });
  expect(await circuit()).toEqual({ failures: 0, openUntilMs: null, isDisabled: false });
});

test("a receiver that asks for time is asked nothing meanwhile, not even for other notices", async () => {
  await reachHalf(20);
  const { channel, seen } = receiver(() => busy(20 * minuteMs));
  await run(channel);
  expect(seen.calls).toBe(8);
  nowMs += 19 * minuteMs;
  await run(channel);
  expect(seen.calls).toBe(8);
  nowMs += minuteMs;
  await run(channel);
  expect(seen.calls).toBe(9);
});

test("a notice for which alone the receiver asks for time gets it, while the others are sent", async () => {
  await reachHalf(2);
  const { channel, seen } = receiver((call) => {
    if (call === 0) busy(20 * minuteMs);
  });
  await run(channel);
  expect(await circuit()).toMatchObject({ failures: 0, openUntilMs: null });
  nowMs += 19 * minuteMs;
  await run(channel);
  expect(seen.calls).toBe(2);
  nowMs += minuteMs;
  await run(channel);
  expect(seen.calls).toBe(3);
});

test("a receiver that is gone keeps what it took: only what is due there has failed", async () => {
  const deliveries = async () => {
    const { rows } = await database.pool.query(
      "select state, tries, last_error, finished_at from deliveries order by notice_id",
    );
    return rows;
  };
  await reachHalf(1);
  const { channel } = receiver((call) => {
    if (call > 0) throw new DeliveryFailed("gone", "HTTP 410");
  });
  await run(channel);
  const [taken] = await deliveries();
  expect(taken).toMatchObject({ state: "delivered", tries: 1 });
  await database.pool.query("update projects set project_name = 'earlier'");
  await reachHalf(1);
  nowMs += minuteMs;
  await run(channel);
  expect(await deliveries()).toEqual([
    taken,
    { state: "failed", tries: 1, last_error: "HTTP 410", finished_at: new Date(nowMs) },
  ]);
});

test.each([
  ["of our own", new RangeError("no decimal")],
  ["of notices", new DeliveryFailed("notice", "HTTP 422")],
])("faults %s open no circuit: the receiver is there", async (_whose, fault) => {
  await reachHalf(30);
  const { channel, seen } = receiver(() => {
    throw fault;
  });
  await run(channel);
  expect(seen.calls).toBe(30);
  expect(await circuit()).toEqual({ failures: 0, openUntilMs: null, isDisabled: false });
});

test("what is due the longest is sent first, also before what is new", async () => {
  await reachHalf(3);
  const { channel } = receiver(() => {});
  await outbox(database.pool).dispatch([channel], nowMs);
  await database.pool.query(
    "update deliveries set next_try_at = next_try_at - notice_id * interval '1 minute'",
  );
  const claimed: (string | undefined)[] = [];
  for (let count = 0; count < 3; count += 1) {
    const lease = { nowMs, leaseUntilMs: nowMs + minuteMs };
    claimed.push(
      (await outbox(database.pool).claim("hook", { countMax: 1, operatorsMax: 1 }, lease))[0]?.key,
    );
  }
  expect(claimed).toEqual(claimed.toSorted((a, b) => Number(b) - Number(a)));
});
