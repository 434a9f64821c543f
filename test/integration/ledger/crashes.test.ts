import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { GetQueueAttributesCommand, SendMessageBatchCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Measurement } from "../../../lib/billing/measurement.ts";
import { applyTariffs } from "../../../lib/postgres/ledger/apply-tariffs.ts";
import { parseMetricSettings } from "../../../lib/settings/metrics.ts";
import { encodeMessages } from "../../../lib/sqs/message.ts";
import { readLedgerState } from "../../support/ledger/ledger-state.ts";
import {
  type PlainSample,
  type PlainTariff,
  referenceBill,
} from "../../support/ledger/reference-billing.ts";
import { toHourlyCosts, totalOf } from "../../support/ledger/scaled.ts";
import { randomOf } from "../../support/random.ts";
import { createQueues, receiveAll, type TestQueues } from "../../support/servers/queues.ts";
import { useDatabase } from "../../support/servers/use-database.ts";

// CRASH_SEED repeats a run: what is sent, and when whom is killed, follow from it.
const seed = Number(process.env["CRASH_SEED"] ?? Date.now() % 1_000_000);
const random = randomOf(seed);
const metric = "project_vcpu_usage";
const tariff: PlainTariff = {
  kind: "counter",
  periods: [
    {
      fromMs: Number.NEGATIVE_INFINITY,
      credits: "1.5",
      dipWindowMs: 3_600_000,
      maxGapMs: 900_000,
      maxRate: null,
    },
  ],
};
const visibilitySeconds = 2;
/** Some of every kind in each run, as long as there are messages. */
const disturbances = random.shuffled<() => Promise<unknown>>([
  ...Array(3).fill(killBiller),
  ...Array(6).fill(cutConnections),
  ...Array(3).fill(deadlock),
]);

const database = useDatabase();
let queues: TestQueues;
const billers = new Set<ChildProcess>();

beforeAll(async () => {
  await applyTariffs(database.pool, parseMetricSettings(`{"${metric}": 1.5}`), "test");
  queues = await createQueues(visibilitySeconds);
});
afterAll(async () => {
  for (const biller of billers) biller.kill("SIGKILL");
});

const projects = ["a", "b", "c", "d"];
const sites = ["8676", "6544"];

/** A counter that rises, dips and is reset now and then, a sample every few minutes. */
function history(): PlainSample[] {
  let [value, timeMs] = [random(1_000), Date.UTC(2026, 10, 20)];
  return Array.from({ length: 60 }, () => {
    timeMs += (1 + random(20)) * 60_000 + random(1_000);
    if (random(12) === 0) value = random(value + 1);
    else value += random(50);
    return { timeMs, value: `${value}.${random(1_000)}` };
  });
}

function startBiller(): void {
  const biller = spawn(
    process.execPath,
    [new URL("../../support/ledger/biller-process.ts", import.meta.url).pathname],
    {
      stdio: ["ignore", "ignore", "ignore"],
      env: {
        NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"],
        DATABASE_URL: database.url,
        SQS_ENDPOINT: queues.endpoint,
        MEASUREMENTS_QUEUE_URL: queues.measurementsUrl,
        DEAD_LETTER_QUEUE_URL: queues.deadLettersUrl,
        LOG_LEVEL: "silent",
      },
    },
  );
  billers.add(biller);
  biller.once("exit", () => billers.delete(biller));
}

async function killBiller(): Promise<void> {
  const [victim] = billers;
  victim?.kill("SIGKILL");
  startBiller();
}

/** Only those of clients: the server's own workers, autovacuum among them, belong to its superuser. */
async function cutConnections(): Promise<void> {
  await database.pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`,
  );
}

/** Holds locks in the wrong order until a deadlock ends it, or a biller. */
async function deadlock(): Promise<void> {
  const lock = (name: string) =>
    client.query("select from projects where project_name = $1 for update", [name]);
  const client = await database.pool.connect();
  try {
    await client.query("begin");
    for (const name of projects.toReversed()) {
      await lock(name);
      await sleep(20);
    }
  } catch {
    // This side lost the deadlock, or its connection.
  } finally {
    await client.query("rollback").catch(() => {});
    client.release();
  }
}

async function messagesLeft(): Promise<number> {
  const { Attributes = {} } = await queues.client.send(
    new GetQueueAttributesCommand({
      QueueUrl: queues.measurementsUrl,
      AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    }),
  );
  return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
}

test(`billers that are killed, cut off and deadlocked bill every message exactly once (CRASH_SEED=${seed})`, async () => {
  const histories = projects.flatMap((projectName) =>
    sites.map((site) => ({ projectName, site, samples: history() })),
  );
  const bodies = histories.flatMap(({ projectName, site, samples }) =>
    samples.flatMap(({ timeMs, value }) => {
      const one: Measurement = { projectName, site, metric, resource: "", timeMs, value };
      return encodeMessages([one]);
    }),
  );
  const sent = random.shuffled([...bodies, ...bodies.filter(() => random(4) === 0)]);
  for (let first = 0; first < sent.length; first += 10) {
    const Entries = sent
      .slice(first, first + 10)
      .map((MessageBody, index) => ({ Id: String(index), MessageBody }));
    await queues.client.send(
      new SendMessageBatchCommand({ QueueUrl: queues.measurementsUrl, Entries }),
    );
  }
  for (let biller = 0; biller < 3; biller++) startBiller();
  const until = performance.now() + 340_000;
  let crashes = 0;
  for (let left = sent.length; left > 0; left = await messagesLeft()) {
    expect(performance.now()).toBeLessThan(until);
    await sleep(20 + random(60));
    // Billers that still start cannot be disturbed.
    if (left < sent.length) await disturbances[crashes++]?.();
  }
  expect(crashes).toBeGreaterThan(5);
  expect(await receiveAll(queues.client, queues.deadLettersUrl)).toEqual([]);
  const state = await readLedgerState(database.pool);
  const expected = histories.map(({ projectName, site, samples }) => ({
    projectName,
    series: `${projectName}/${metric}/${site}/`,
    hours: toHourlyCosts(referenceBill(samples, tariff)),
  }));
  expect(state.hours).toEqual(new Map(expected.map(({ series, hours }) => [series, hours])));
  for (const projectName of projects) {
    const own = expected.filter((one) => one.projectName === projectName);
    const used = own.reduce((sum, { hours }) => sum + totalOf(hours).credits, 0n);
    expect(state.usedCredits.get(projectName)).toBe(used);
  }
}, 360_000);
