import { beforeAll, expect, test } from "@jest/globals";
import { dayMs } from "../../../lib/billing/time.ts";
import { applyTariffs } from "../../../lib/postgres/ledger/apply-tariffs.ts";
import { withLedger } from "../../../lib/postgres/ledger/billing-ledger.ts";
import { parseMetricSettings } from "../../../lib/settings/metrics.ts";
import {
  type BillableMessage,
  billMessages,
} from "../../../lib/usecases/ledger/bill-measurements.ts";
import type { WithLedger } from "../../../lib/usecases/ledger/ledger.ts";
import { begin, ledgerOf, measured } from "../../support/ledger/ledger-fixture.ts";
import { randomOf } from "../../support/random.ts";
import { emptyTables } from "../../support/servers/empty-tables.ts";
import { useDatabase } from "../../support/servers/use-database.ts";

const database = useDatabase();
const { used, corrections } = ledgerOf(database);
beforeAll(() =>
  applyTariffs(database.pool, parseMetricSettings('{"project_vcpu_usage": 1}'), "test"),
);

const gapDays = 29;
const never = () => false;
const always = () => true;
const message = (
  measurements: BillableMessage["measurements"],
  dropped?: BillableMessage["dropped"],
): BillableMessage => ({ measurements, dropped });

/** A message of many series, each measured twice with weeks between: 5 kB that stand for a slice's work. */
const heavy = (projectName: string, seriesCount = 100) =>
  message(
    Array.from({ length: seriesCount }, (_, index) => `r${index}`).flatMap((resource) => [
      measured(projectName, 0, "0", { resource }),
      measured(projectName, gapDays * 24 * 60, "696", { resource }),
    ]),
  );
const light = (projectName: string) =>
  message([measured(projectName, 0, "0"), measured(projectName, 60, "8")]);

test("heavy messages are billed slice by slice, and to the end where there is time", async () => {
  let transactions = 0;
  const counting: WithLedger = (work) => {
    transactions += 1;
    return withLedger(database.pool)(work);
  };
  const messages = [heavy("whole-a"), heavy("whole-b"), light("whole-light")];
  expect(await billMessages(messages, counting, never)).toEqual({
    left: new Set(),
    early: new Set(),
  });
  expect(transactions).toBeGreaterThan(2);
  expect(await used("whole-a")).toBe(100 * 696);
  expect(await used("whole-b")).toBe(100 * 696);
  expect(await used("whole-light")).toBe(8);
});

test("without time each round bills a slice, light messages in the first, and tells what is left", async () => {
  const all = [heavy("rounds-a"), light("rounds-light"), heavy("rounds-b"), heavy("rounds-c")];
  let left = all;
  const usedAfter: number[] = [];
  while (left.length > 0) {
    const current = left;
    const unfinished = await billMessages(current, withLedger(database.pool), always);
    left = [...unfinished.left].map((place) => current[place] as BillableMessage);
    const amounts = await Promise.all(["rounds-a", "rounds-b", "rounds-c"].map(used));
    // NaN: none of the project has been billed yet.
    usedAfter.push(amounts.reduce((sum, amount) => sum + (amount || 0), 0));
    expect(left).not.toContain(all[1]);
    expect(await used("rounds-light")).toBe(8);
    expect(usedAfter.length).toBeLessThan(10);
  }
  // Every round went on, and all of it is billed once.
  expect(usedAfter).toEqual([...new Set(usedAfter)].sort((a, b) => a - b));
  expect(usedAfter.length).toBeGreaterThan(2);
  expect(usedAfter.at(-1)).toBe(3 * 100 * 696);
  expect(await corrections("rounds-a")).toEqual([]);
});

test("a message's dropped samples are counted once, when the message is done", async () => {
  await emptyTables(database.pool, "samples_dropped");
  const dropped = { keyId: "prometheus", atMs: begin + gapDays * dayMs, counts: { stale: 3 } };
  const messages = [
    message(heavy("counts-a").measurements, dropped),
    message(light("counts-light").measurements, dropped),
    message(heavy("counts-b").measurements, dropped),
  ];
  const counted = async () => {
    const { rows } = await database.pool.query(
      "select coalesce(sum(count), 0)::int as count from samples_dropped",
    );
    return rows[0].count;
  };
  let left = messages;
  while (left.length > 0) {
    const current = left;
    const unfinished = await billMessages(current, withLedger(database.pool), always);
    left = [...unfinished.left].map((place) => current[place] as BillableMessage);
    expect(await counted()).toBe(3 * (messages.length - left.length));
  }
});

const seed = Number(process.env["CRASH_SEED"] ?? Date.now() % 1_000_000);

test(`rounds that die before or after a slice is committed bill everything once (CRASH_SEED=${seed})`, async () => {
  const random = randomOf(seed);
  class Died extends Error {}
  /** One of three transactions is rolled back, one is committed and never heard of again. */
  const dying: WithLedger = async (work) => {
    const fate = random(3);
    const result = await withLedger(database.pool)(async (ledger) => {
      const done = await work(ledger);
      if (fate === 0) throw new Died("before the commit");
      return done;
    });
    if (fate === 1) throw new Died("after the commit");
    return result;
  };
  const all = [heavy("dying-a", 120), heavy("dying-b", 60), light("dying-light")];
  let left = random.shuffled(all);
  for (let round = 0; left.length > 0; round++) {
    expect(round).toBeLessThan(200);
    const current = left;
    try {
      const unfinished = await billMessages(current, dying, () => random(2) === 0);
      left = [...unfinished.left].map((place) => current[place] as BillableMessage);
    } catch (error) {
      if (!(error instanceof Died)) throw error;
    }
  }
  expect(await used("dying-a")).toBe(120 * 696);
  expect(await used("dying-b")).toBe(60 * 696);
  expect(await used("dying-light")).toBe(8);
  expect(await corrections("dying-a")).toEqual([]);
});
