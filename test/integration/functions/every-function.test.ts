import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Context } from "aws-lambda";
import type { HttpAnswer } from "../../../lib/http/stack/answer.ts";
import { apiKeysJson, keys, linkKeysJson } from "../../support/api-keys.ts";
import { type Call, httpEvent } from "../../support/http-event.ts";
import { createDatabase, type TestDatabase } from "../../support/servers/database.ts";
import {
  createQueues,
  receiveAll,
  sqsEvent,
  type TestQueues,
} from "../../support/servers/queues.ts";
import { environmentOf, functionNames, timeoutMsOf } from "../../support/service-file.ts";

const before = process.env;
let database: TestDatabase;
let queues: TestQueues;
beforeAll(async () => {
  database = await createDatabase();
  queues = await createQueues();
});
afterAll(async () => {
  process.env = before;
  queues.client.destroy();
  await database[Symbol.asyncDispose]();
});

/** The least that an operator sets; for all else the presets of serverless.yml hold. */
const given = () => ({
  DATABASE_URL: database.url,
  API_KEYS: apiKeysJson,
  LINK_KEYS: linkKeysJson,
  MEASUREMENTS_QUEUE_URL: queues.measurementsUrl,
  DEAD_LETTER_QUEUE_URL: queues.deadLettersUrl,
  SQS_ENDPOINT: queues.endpoint,
  LOG_LEVEL: "silent",
});

/** As on AWS: with the variables of serverless.yml and no others, and with the function's own time. */
async function invoke(name: string, event: unknown) {
  process.env = { ...environmentOf(name, given()) };
  const { handler } = await import(`../../../functions/${name}.ts`);
  const context = { getRemainingTimeInMillis: () => timeoutMsOf(name) } as Context;
  return handler(event, context);
}

const hourMs = 3_600_000;
const beganMs = Date.now() - 2 * hourMs;
const measurement = (hours: number) => ({
  project_name: "genomics",
  metric: "project_vcpu_usage",
  value: hours,
  time: new Date(beganMs + hours * hourMs).toISOString(),
});
const pathParameters = { project_name: "genomics" };
const json = (body: object) => ({
  headers: {
    "x-api-key": keys.admin,
    "content-type": "application/json",
    "idempotency-key": randomUUID(),
  },
  body: JSON.stringify(body),
});
const http = (route: string, call: Partial<Call> = {}) => {
  const [method = "", path = ""] = route.split(" ");
  return httpEvent({ method, path, headers: { "x-api-key": keys.admin }, ...call });
};
/** The answer's status, and its body: text, or what its JSON has among others. */
const answers = (statusCode: number, body: unknown) => (answer: HttpAnswer) => {
  expect(answer.statusCode).toBe(statusCode);
  if (typeof body === "string") expect(answer.body).toBe(body);
  else expect(JSON.parse(answer.body)).toMatchObject(body as object);
};
/** The answer of the function, or a part of it. */
const results = (expected: object | null | undefined) => (result: unknown) => {
  if (expected) expect(result).toMatchObject(expected);
  else expect(result).toBe(expected);
};

interface Invocation {
  readonly event: () => unknown;
  readonly proves: (result: never) => void;
}
const invocation = (event: unknown, proves: Invocation["proves"]): Invocation => ({
  event: () => event,
  proves,
});
const bySchedule = (expected: object | null | undefined) => invocation({}, results(expected));

/** In the order in which they are done: what one leaves, the next one finds. */
const invocations: Readonly<Record<string, Invocation>> = {
  "migrate-database": bySchedule({ migrations: expect.any(Array), tariffs: 2 }),
  ping: invocation(http("GET /ping"), answers(200, "Pong")),
  "refuse-route": invocation(http("GET /nothing"), answers(404, { code: "route-unknown" })),
  "open-session": invocation(http("POST /session"), answers(401, { code: "key-unknown" })),
  "read-asset": invocation(
    http("GET /assets/old.css", { pathParameters: { asset: "old.css" } }),
    answers(404, { code: "route-unknown" }),
  ),
  "describe-api": invocation(http("GET /openapi.json"), answers(200, { openapi: "3.1.0" })),
  "list-metrics": invocation(
    http("GET /api/metrics"),
    answers(200, { project_vcpu_usage: 1, project_mb_usage: 0.3 }),
  ),
  "estimate-cost": invocation(
    http("POST /api/costs_per_hour", json({ project_vcpu_usage: 4 })),
    answers(200, "4.0"),
  ),
  "estimate-machines": invocation(
    http("POST /api/estimates", json({ machines: [{ count: 2, project_vcpu_usage: 4 }] })),
    answers(200, { credits_per_hour: 8 }),
  ),
  "receive-measurements": invocation(
    http("POST /measurements", json({ measurements: [0, 1, 2].map(measurement) })),
    answers(202, { accepted: 3 }),
  ),
  "bill-measurements": {
    event: () => received,
    proves: results({ batchItemFailures: [] }),
  },
  "read-current-credits": invocation(
    http("GET /api/current_credits/genomics", { pathParameters }),
    answers(200, { current_credits: 2 }),
  ),
  // No operator has said where the service is reached.
  "make-link": invocation(
    http("POST /api/links", json({ project_name: "genomics" })),
    answers(501, { code: "links-off" }),
  ),
  "revoke-links": invocation(
    http("DELETE /api/links/genomics", { pathParameters }),
    answers(200, { project_name: "genomics", link_generation: 1 }),
  ),
  "explain-hour": invocation(
    http("GET /api/explain/genomics", {
      pathParameters,
      query: { hour: new Date(beganMs + hourMs).toISOString() },
    }),
    answers(200, { series: [{ metric: "project_vcpu_usage", measurements: "kept" }] }),
  ),
  "read-statements": invocation(
    http("GET /api/statements/genomics", { pathParameters }),
    answers(200, { timezone: "UTC", data: [{ state: "open" }] }),
  ),
  "close-statements": bySchedule({ projects: 1, statements: 0, isFinished: true }),
  "read-operators-page": invocation(http("GET /"), (answer: HttpAnswer) => {
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toContain("genomics");
  }),
  "list-projects": invocation(
    http("GET /api/projects"),
    answers(200, {
      total: { projects: 1 },
      data: [{ project_name: "genomics", state: "no-grant" }],
    }),
  ),
  "read-credit-history": invocation(
    http("GET /api/credits_history/genomics", { pathParameters }),
    answers(200, { credits: expect.arrayContaining([2]) }),
  ),
  "read-hourly-costs": invocation(
    http("GET /api/hourly_costs/genomics", { pathParameters }),
    answers(200, { total: expect.objectContaining({ credits: 2, adjustments: 0 }) }),
  ),
  "list-sites": invocation(
    http("GET /api/sites"),
    answers(200, { data: [expect.objectContaining({ series: 1, projects: 1, silent: false })] }),
  ),
  "read-project-page": invocation(
    http("GET /credits_history/genomics", { pathParameters }),
    (answer: HttpAnswer) => {
      expect(answer.statusCode).toBe(200);
      expect(answer.body).toContain('<h1 dir="auto">genomics</h1>');
    },
  ),
  "set-grant": invocation(
    http("PUT /api/projects/genomics/grant", {
      pathParameters,
      ...json({ granted_credits: 3, reason: "test" }),
    }),
    answers(200, { granted_credits: 3 }),
  ),
  "book-adjustment": invocation(
    http("POST /api/projects/genomics/adjustments", {
      pathParameters,
      ...json({ credits: 0.5, reason: "test" }),
    }),
    answers(201, {}),
  ),
  "refresh-grants": bySchedule(null),
  "send-limit-notices": bySchedule({ sent: expect.anything() }),
  "forecast-budgets": bySchedule({ projects: 1, isFinished: true }),
  "watch-sites": bySchedule({ events: 0 }),
  "watch-counters": bySchedule({ events: 0 }),
  "remove-old-measurements": bySchedule({ floorsMoved: 0, isFinished: true }),
  "remove-old-notices-and-requests": bySchedule({ noticesRemoved: 0, isFinished: true }),
  "verify-ledger": bySchedule(undefined),
  "rerate-measurements": invocation(
    {
      scope: { projectName: "genomics", site: null },
      since: new Date(beganMs).toISOString(),
      actor: "ada",
      reason: "test",
      dryRun: false,
    },
    results({ finished: true }),
  ),
};
let received = sqsEvent();

test("every function is invoked below", () => {
  expect(Object.keys(invocations).sort()).toEqual([...functionNames].sort());
});

test.each(Object.keys(invocations))(
  "%s does its work with the settings and the time that serverless.yml gives it",
  async (name) => {
    const { event, proves } = invocations[name] as Invocation;
    proves((await invoke(name, event())) as never);
    if (name === "receive-measurements") {
      const messages = await receiveAll(queues.client, queues.measurementsUrl);
      expect(messages).toHaveLength(1);
      received = sqsEvent(...messages.map(({ Body = "" }) => Body));
    }
  },
);

test("what they left is what was used, verified and billed anew", async () => {
  const { rows } = await database.pool.query(
    `select (select used_credits::float8 from projects) as used,
            (select count(*)::int from verifications where drifting = 0) as verified,
            (select count(*)::int from rerates where finished_at is not null) as rerated,
            (select count(*)::int from notices where type like 'limit.%') as limits`,
  );
  expect(rows).toEqual([{ used: 2.5, verified: 2, rerated: 1, limits: 1 }]);
});
