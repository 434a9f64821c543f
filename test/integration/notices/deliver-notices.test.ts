import { beforeEach, describe, expect, test } from "@jest/globals";
import { limitScan } from "../../../lib/postgres/notices/limit-scan.ts";
import { outbox } from "../../../lib/postgres/notices/outbox.ts";
import { claimSize } from "../../../lib/usecases/notices/claim-policy.ts";
import { deliverNotices } from "../../../lib/usecases/notices/deliver-notices.ts";
import { closedCircuit, triesMax } from "../../../lib/usecases/notices/delivery-policy.ts";
import { type Channel, DeliveryFailed, type Notice } from "../../../lib/usecases/notices/notice.ts";
import { reachHalf as reachHalfAt } from "../../support/notices/reach-half.ts";
import { emptyTables } from "../../support/servers/empty-tables.ts";
import { useDatabase } from "../../support/servers/use-database.ts";

const minuteMs = 60_000;
const database = useDatabase(8);
let nowMs: number;
beforeEach(async () => {
  await emptyTables(database.pool, "projects", "notices", "channels");
  nowMs = Date.UTC(2026, 10, 23);
});

const reachHalf = (projects: number) => reachHalfAt(database.pool, projects, nowMs);

interface FakeChannel extends Channel {
  readonly sent: Notice[];
  /** Throws what a receiver would answer. */
  answer: (notice: Notice) => void | Promise<void>;
}

const channel = (name: string, answer: FakeChannel["answer"] = () => {}): FakeChannel => ({
  name,
  sent: [],
  answer,
  takes: () => true,
  async send(notice) {
    this.sent.push(notice);
    await this.answer(notice);
  },
});
const down = () => {
  throw new DeliveryFailed("receiver", "down");
};

const run = (...channels: Channel[]) =>
  deliverNotices(
    channels,
    outbox(database.pool),
    { nowMs: () => nowMs, random: () => 0.5, onFailure: () => {} },
    nowMs + 10 * minuteMs,
  );
const states = async (name: string) => {
  const { rows } = await database.pool.query(
    "select state, tries from deliveries where channel = $1 order by notice_id",
    [name],
  );
  return rows.map(({ state, tries }) => `${state} ${tries}`);
};

const nextTry = async (name: string): Promise<number> => {
  const { rows } = await database.pool.query(
    "select (extract(epoch from next_try_at) * 1000)::float8 as ms from deliveries where channel = $1",
    [name],
  );
  return rows[0].ms;
};

test("a notice goes once to each channel that takes it, with what was true at the crossing", async () => {
  await reachHalf(1);
  await database.pool.query("update projects set used_credits = 70, granted_credits = 120");
  const [one, other] = [channel("one"), channel("other")];
  const deaf = { ...channel("deaf"), takes: () => false };
  await run(one, other, deaf);
  await run(one, other, deaf);
  expect(one.sent).toEqual([
    {
      type: "limit.reached",
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      atMs: Date.UTC(2026, 10, 23),
      projectName: "project 1",
      threshold: "50",
      usedCredits: "50",
      grantedCredits: "100",
    },
  ]);
  expect(other.sent).toEqual(one.sent);
  expect(await states("deaf")).toEqual([]);
});

test("what failed comes again with the same id after 1, 2, 4, … minutes, and is given up in the end", async () => {
  await reachHalf(1);
  await outbox(database.pool).dispatch([channel("refusing")], nowMs);
  let fails = true;
  const refusing = channel("refusing", () => {
    if (fails) throw new DeliveryFailed("notice", "no");
  });
  const startMs = nowMs;
  const times: number[] = [];
  for (let tries = 1; tries <= triesMax; tries += 1) {
    nowMs = await nextTry("refusing");
    await run(refusing);
    expect(refusing.sent).toHaveLength(tries);
    times.push((nowMs - startMs) / minuteMs);
    nowMs -= 1;
    await run(refusing);
    expect(refusing.sent).toHaveLength(tries);
  }
  expect(times.slice(0, 5)).toEqual([0, 1, 3, 7, 15]);
  expect(new Set(refusing.sent.map(({ id }) => id)).size).toBe(1);
  expect(await states("refusing")).toEqual([`failed ${triesMax}`]);
  fails = false;
  nowMs += 7 * 24 * 60 * minuteMs;
  await run(refusing);
  expect(refusing.sent).toHaveLength(triesMax);
});

test("each recipient of a notice is kept, and the next try is told who has got it", async () => {
  await reachHalf(1);
  const told: string[][] = [];
  const lists: Channel = {
    ...channel("lists"),
    async send(_notice, recipients) {
      told.push([...recipients].map((outcome) => outcome.join(" ")).toSorted());
      recipients.set(`reader ${told.length}`, told.length === 2 ? "refused" : "delivered");
      if (told.length < 3) throw new DeliveryFailed("notice", "452 mailbox full");
    },
  };
  for (let tries = 1; tries <= 4; tries += 1) {
    await run(lists);
    nowMs += 60 * minuteMs;
  }
  expect(told).toEqual([[], ["reader 1 delivered"], ["reader 1 delivered", "reader 2 refused"]]);
  expect(await states("lists")).toEqual(["delivered 3"]);
  const { rows } = await database.pool.query("select recipients from deliveries");
  expect(rows).toEqual([
    { recipients: { "reader 1": "delivered", "reader 2": "refused", "reader 3": "delivered" } },
  ]);
});

test("a notice that a channel cannot even write holds up none of the others", async () => {
  await reachHalf(20);
  const broken = channel("broken", ({ id }) => {
    if (id === broken.sent[0]?.id) throw new RangeError("no decimal");
  });
  await run(broken);
  expect((await states("broken")).toSorted()).toEqual([...Array(19).fill("delivered 1"), "due 1"]);
});

test("a receiver that is down is left alone, costs the others nothing, and gets everything when it is back", async () => {
  await reachHalf(100);
  const [dead, alive] = [channel("dead", down), channel("alive")];
  await run(dead, alive);
  expect(alive.sent).toHaveLength(100);
  expect(dead.sent.length).toBeLessThanOrEqual(10);
  const asked = dead.sent.length;
  await run(dead, alive);
  expect(dead.sent).toHaveLength(asked);
  nowMs += minuteMs;
  await run(dead, alive);
  expect(dead.sent).toHaveLength(asked + 1);
  dead.answer = () => {};
  nowMs += 60 * minuteMs;
  await run(dead, alive);
  expect(new Set((await states("dead")).map((state) => state.split(" ")[0]))).toEqual(
    new Set(["delivered"]),
  );
  expect(new Set(dead.sent.map(({ id }) => id)).size).toBe(100);
  expect(alive.sent).toHaveLength(100);
});

test("an outage of days gives up nothing: while the circuit is open no notice loses a try", async () => {
  await reachHalf(50);
  const dead = channel("dead", down);
  for (let hours = 0; hours < 48; hours += 1) {
    await run(dead);
    nowMs += 60 * minuteMs;
  }
  expect((await states("dead")).every((state) => state.startsWith("due"))).toBe(true);
  dead.answer = () => {};
  nowMs += 24 * 60 * minuteMs;
  await run(dead);
  expect((await states("dead")).every((state) => state.startsWith("delivered"))).toBe(true);
});

test("a receiver that asks for time gets it", async () => {
  await reachHalf(1);
  const busy = channel("busy", () => {
    throw new DeliveryFailed("receiver", "busy", { retryAfterMs: 20 * minuteMs });
  });
  await run(busy);
  nowMs += 19 * minuteMs;
  await run(busy);
  expect(busy.sent).toHaveLength(1);
  nowMs += 2 * minuteMs;
  await run(busy);
  expect(busy.sent).toHaveLength(2);
});

test("a receiver that is gone gets nothing any more, and new notices pass it by", async () => {
  await reachHalf(3);
  const gone = channel("gone", () => {
    throw new DeliveryFailed("gone", "HTTP 410");
  });
  await run(gone);
  const asked = gone.sent.length;
  await database.pool.query(
    "insert into projects (project_name, used_credits, granted_credits) values ('later', 1, 1)",
  );
  await limitScan(database.pool)(["50"], nowMs);
  nowMs += 24 * 60 * minuteMs;
  await run(gone);
  expect(gone.sent).toHaveLength(asked);
  const left = await states("gone");
  expect(left).toHaveLength(3);
  expect(left.every((state) => state.startsWith("failed"))).toBe(true);
});

describe("two runs at once", () => {
  test("never send one notice twice", async () => {
    await reachHalf(60);
    const twoRuns = Promise.withResolvers<void>();
    const slow = channel("slow", () => {
      // One run alone has eight under way.
      if (slow.sent.length > 8) twoRuns.resolve();
      return twoRuns.promise;
    });
    await outbox(database.pool).dispatch([slow], nowMs);
    const runs = await Promise.all([run(slow), run(slow), run(slow)]);
    expect(runs.flat().filter(({ delivered }) => delivered > 0).length).toBeGreaterThan(1);
    expect(new Set(slow.sent.map(({ id }) => id)).size).toBe(60);
    expect(slow.sent).toHaveLength(60);
  });

  test("a run that died leaves its notices to the next one, after its lease, under the same ids", async () => {
    await reachHalf(1);
    const first = channel("one");
    const claims = outbox(database.pool);
    await claims.dispatch([first], nowMs);
    const [claimed] = await claims.claim("one", claimSize(closedCircuit), {
      nowMs,
      leaseUntilMs: nowMs + 5 * minuteMs,
    });
    await run(first);
    expect(first.sent).toEqual([]);
    nowMs += 5 * minuteMs;
    await run(first);
    expect(first.sent).toEqual([claimed?.notice]);
  });
});

test("more notices than a page holds are dispatched in one run", async () => {
  await reachHalf(2_001);
  const many = channel("many");
  await run(many);
  expect(many.sent).toHaveLength(2_001);
});

test("nothing is sent when the time is nearly up", async () => {
  await reachHalf(1);
  const one = channel("one");
  const effects = { nowMs: () => nowMs, random: () => 0.5, onFailure: () => {} };
  await deliverNotices([one], outbox(database.pool), effects, nowMs + 5_000);
  expect(one.sent).toEqual([]);
});
