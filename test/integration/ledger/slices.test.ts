import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeAll, expect, test } from "@jest/globals";
import type { SQSBatchResponse, SQSRecord } from "aws-lambda";
import type { Measurement } from "../../../lib/billing/measurement.ts";
import { applyTariffs } from "../../../lib/postgres/ledger/apply-tariffs.ts";
import { parseMetricSettings } from "../../../lib/settings/metrics.ts";
import { encodeMessages } from "../../../lib/sqs/message.ts";
import { ledgerOf, measured } from "../../support/ledger/ledger-fixture.ts";
import { readLedgerState } from "../../support/ledger/ledger-state.ts";
import { type PlainTariff, referenceBill } from "../../support/ledger/reference-billing.ts";
import { toHourlyCosts, totalOf } from "../../support/ledger/scaled.ts";
import { randomOf } from "../../support/random.ts";
import { sqsEvent } from "../../support/servers/queues.ts";
import { useDatabase } from "../../support/servers/use-database.ts";

// CRASH_SEED repeats a run: what is sent, and when it is killed, follow from it.
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
const database = useDatabase();
const ledger = ledgerOf(database);
const started = new Set<ChildProcess>();
beforeAll(async () => {
  await applyTariffs(database.pool, parseMetricSettings(`{"${metric}": 1.5}`), "test");
});
afterEach(() => {
  for (const one of started) one.kill("SIGKILL");
});

const monthMinutes = 30 * 24 * 60;
// A slice takes 66 series with a gap of a month, and then has room for the work of some 130 scrapes.
const heavySeries = 50;
const lightSeries = 100;
const heavyProjects = ["genomics", "proteomics", "imaging"];
const neighbours = ["neighbour a", "neighbour b"];

/** Two samples of each series: for a neighbour a scrape lies between them, for the others a month. */
const histories: readonly Measurement[][] = [
  ...heavyProjects.flatMap((name) => series(name, heavySeries, monthMinutes)),
  ...neighbours.flatMap((name) => series(name, lightSeries, 1)),
];

function series(name: string, count: number, gapMinutes: number): Measurement[][] {
  return Array.from({ length: count }, (_, index) => twoSamples(name, index, gapMinutes));
}

function twoSamples(name: string, index: number, gapMinutes: number): Measurement[] {
  const [from, rise] = [random(1_000), 1 + random(1_000)];
  const begin = random(60);
  return [
    measured(name, begin, `${from}.${random(1_000)}`, { resource: String(index) }),
    measured(name, begin + gapMinutes, `${from + rise}.5`, { resource: String(index) }),
  ];
}

/** One message for each project, the neighbours' last, as they come from the queue for the first time. */
function messages(): SQSRecord[] {
  const bodies = [...heavyProjects, ...neighbours].flatMap((name) =>
    encodeMessages(histories.flatMap(([, after]) => (after?.projectName === name ? [after] : []))),
  );
  return sqsEvent(...bodies).Records;
}

async function startInvocation(): Promise<ChildProcess> {
  const url = new URL("../../support/ledger/invocation-process.ts", import.meta.url);
  const child = fork(url, {
    stdio: "ignore",
    execArgv: [],
    env: {
      NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"],
      DATABASE_URL: database.url,
      // Nothing listens there: what is not finished comes again all the same.
      SQS_ENDPOINT: "http://127.0.0.1:1",
      MEASUREMENTS_QUEUE_URL: "http://127.0.0.1:1/measurements",
      DEAD_LETTER_QUEUE_URL: "http://127.0.0.1:1/dead-letters",
      LOG_LEVEL: "silent",
    },
  });
  started.add(child);
  await once(child, "message");
  return child;
}

async function usedByAll(): Promise<string> {
  const { rows } = await database.pool.query("select sum(used_credits)::text from projects");
  return rows[0]?.sum;
}

/** The answer of the process, or undefined where it is killed: a moment after it has booked something. */
async function answerOf(
  child: ChildProcess,
  records: SQSRecord[],
): Promise<SQSBatchResponse | undefined> {
  const before = await usedByAll();
  let answer: SQSBatchResponse | undefined;
  child.once("message", (message: SQSBatchResponse) => {
    answer = message;
  });
  child.send({ Records: records });
  while (answer === undefined && (await usedByAll()) === before) {
    expect(child.exitCode).toBeNull();
    await sleep(5);
  }
  if (answer === undefined) await sleep(random(200));
  child.kill("SIGKILL");
  await once(child, "exit");
  started.delete(child);
  return answer;
}

test(`an invocation that is killed between slices loses nothing, and bills nothing twice (CRASH_SEED=${seed})`, async () => {
  await ledger.bill(...histories.flatMap(([first]) => first ?? []));
  let open = messages();
  let kills = 0;
  for (let round = 0; open.length > 0; round += 1) {
    expect(round).toBeLessThan(50);
    const answer = await answerOf(await startInvocation(), open);
    if (answer === undefined) {
      kills += 1;
      open = open.map(comeAgain);
    } else {
      const failed = answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
      open = open.filter(({ messageId }) => failed.includes(messageId)).map(comeAgain);
    }
  }
  expect(kills).toBeGreaterThan(0);
  await expectReference();
  const [first, ...others] = await projectsOfSlices();
  expect(first).toEqual(expect.arrayContaining(neighbours));
  expect(others.length).toBeGreaterThan(1);
  expect(others.flat().filter((name) => neighbours.includes(name))).toEqual([]);
});

/** The projects that each slice billed, in the order of the slices: each is a transaction of its own. */
async function projectsOfSlices(): Promise<readonly string[][]> {
  const { rows } = await database.pool.query<{ projects: string[] }>(
    `select array_agg(distinct project_name) as projects
       from series_heads join series using (series_id) join projects using (project_id)
      group by age(series_heads.xmin) order by age(series_heads.xmin) desc`,
  );
  return rows.map(({ projects }) => projects);
}

const comeAgain = (record: SQSRecord): SQSRecord => {
  const times = Number(record.attributes.ApproximateReceiveCount) + 1;
  const attributes = { ...record.attributes, ApproximateReceiveCount: String(times) };
  return { ...record, attributes };
};

async function expectReference(): Promise<void> {
  const state = await readLedgerState(database.pool);
  const expected = histories.map((samples) => {
    const [{ projectName, site, resource } = measured("", 0, "0")] = samples;
    const hours = toHourlyCosts(referenceBill(samples, tariff));
    return { projectName, series: `${projectName}/${metric}/${site}/${resource}`, hours };
  });
  expect(state.hours).toEqual(new Map(expected.map(({ series, hours }) => [series, hours])));
  for (const projectName of [...heavyProjects, ...neighbours]) {
    const own = expected.filter((one) => one.projectName === projectName);
    const used = own.reduce((sum, { hours }) => sum + totalOf(hours).credits, 0n);
    expect(state.usedCredits.get(projectName)).toBe(used);
  }
}
