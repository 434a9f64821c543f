import { gzipSync } from "node:zlib";
import type { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect, test } from "@jest/globals";
import { pino } from "pino";
import { receiveRequest } from "../../../../lib/http/ingest/receive-request.ts";
import { parseApiKeys } from "../../../../lib/http/stack/api-keys.ts";
import { httpFunction } from "../../../../lib/http/stack/http-function.ts";
import { parseMetricSettings } from "../../../../lib/settings/metrics.ts";
import { measurementQueue } from "../../../../lib/sqs/measurement-queue.ts";
import { apiKeysJson, keys } from "../../../support/api-keys.ts";
import { type Call, httpEvent, lambdaContext } from "../../../support/http-event.ts";
import { writeRequest } from "../../../support/prometheus/write-request.ts";

// Each request to `/measurements` and `/write` leaves one line in the log, for operators.

const timeMs = Date.now() - 3_600_000;
const settings = {
  metrics: parseMetricSettings('{"project_vcpu_usage": 1}'),
  lateDays: 30,
  projectWhitelist: new Set(["listed"]),
};
const takesAll = {
  send: async ({ input: { Entries = [] } }: SendMessageBatchCommand) => ({ Successful: Entries }),
} as unknown as SQSClient;
const takesNothing = {
  send: async () => Promise.reject(new Error("connection refused")),
} as unknown as SQSClient;

/** The lines of the log after one call. */
async function linesOf(call: Partial<Call>, client = takesAll) {
  const lines: string[] = [];
  const queue = measurementQueue(client, "queue");
  const handler = httpFunction({
    scope: "ingest",
    keys: { apiKeys: async () => parseApiKeys(apiKeysJson), anonymousScopes: new Set() },
    logger: pino({ base: null }, { write: (line: string) => void lines.push(line) }),
    handle: (event, context) => receiveRequest(event, context, settings, queue),
  });
  const headers = { "x-api-key": keys.ingest, ...call.headers };
  const event = httpEvent({ method: "POST", path: "/measurements", ...call, headers });
  await handler(event, lambdaContext);
  for (const line of lines) expect(line).not.toContain("secret");
  return lines.map((line) => JSON.parse(line));
}

const json = (...projects: string[]) =>
  JSON.stringify({
    measurements: projects.map((project_name) => ({
      project_name,
      metric: "project_vcpu_usage",
      value: 1,
      time: timeMs,
    })),
  });
const jsonType = { "content-type": "application/json" };

test("JSON: who sent how many bytes, what was taken, left out and queued", async () => {
  const body = gzipSync(json("listed", "listed", "other"));
  const headers = { ...jsonType, "content-encoding": "gzip" };
  expect(await linesOf({ headers, body, query: { token: "secret" } })).toEqual([
    {
      level: 30,
      time: expect.any(Number),
      msg: "request answered",
      method: "POST",
      path: "/measurements",
      status: 202,
      durationMs: expect.any(Number),
      keyId: "the-ingest-key",
      bytes: body.length,
      format: "json",
      samples: 2,
      dropped: { unlisted: 1 },
      messages: 1,
    },
  ]);
});

test("JSON that is refused: nothing was taken", async () => {
  const body = json("listed", "", "");
  expect(await linesOf({ headers: jsonType, body })).toMatchObject([
    {
      status: 400,
      code: "measurements-refused",
      bytes: body.length,
      format: "json",
      samples: 0,
      dropped: { faulty: 2 },
      messages: 0,
    },
  ]);
});

test("remote write: each reason to leave out a sample has its count", async () => {
  const billed = { __name__: "project_vcpu_usage", project_name: "listed" };
  const body = writeRequest([
    { labels: billed, samples: [sample(1), sample(Number.NaN), sample(-1), sample(-2)] },
    { labels: { __name__: "up" }, samples: [sample(1), sample(1), sample(1)] },
  ]);
  const headers = {
    "content-type": "application/x-protobuf;proto=io.prometheus.write.v2.Request",
    "content-encoding": "snappy",
  };
  expect(await linesOf({ path: "/write", headers, body })).toMatchObject([
    {
      status: 400,
      path: "/write",
      bytes: body.length,
      format: "remote-write-2",
      samples: 1,
      dropped: { unpriced: 3, "not-a-number": 1, faulty: 2 },
      messages: 1,
    },
  ]);
});

test("a metric of nearly the name of one with a price is named", async () => {
  const body = `project_vcpu_usage_total{project_name="listed"} 1\nup 1\n`;
  expect(await linesOf({ headers: { "content-type": "text/plain" }, body })).toMatchObject([
    {
      status: 202,
      dropped: { unpriced: 2, "unpriced:project_vcpu_usage": 1 },
      hints: [
        "project_vcpu_usage_total has no price here, but project_vcpu_usage has: send it by that name",
      ],
    },
  ]);
});

test("a queue that is away: nothing is said to be taken", async () => {
  const [line] = await linesOf({ headers: jsonType, body: json("listed") }, takesNothing);
  expect(line).toMatchObject({ level: 50, status: 503, keyId: "the-ingest-key", format: "json" });
  expect(line).not.toHaveProperty("samples");
});

test.each<[string, Partial<Call>, object]>([
  [
    "a page",
    { headers: { "content-type": "text/plain" }, body: "up 1\n" },
    { format: "prometheus-text" },
  ],
  [
    "OpenMetrics",
    { headers: { "content-type": "application/openmetrics-text" }, body: "up 1\n# EOF\n" },
    { format: "openmetrics", dropped: { unpriced: 1 }, messages: 1 },
  ],
  ["lines", { path: "/write", body: "up value=1" }, { format: "line-protocol", bytes: 10 }],
  ["a body that cannot be read", { headers: jsonType, body: "{" }, { format: "json", bytes: 1 }],
  ["bytes of no known type", { headers: { "content-type": "x" }, body: "äö" }, { bytes: 4 }],
])("%s", async (_, call, expected) => {
  expect(await linesOf(call)).toMatchObject([expected]);
});

function sample(value: number) {
  return { value, timeMs };
}
