import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { keys } from "../../support/api-keys.ts";
import type { Call } from "../../support/http-event.ts";
import { type Functions, loadFunctions } from "../../support/servers/functions.ts";

let functions: Functions;
beforeAll(async () => {
  functions = await loadFunctions();
});
afterAll(async () => {
  await functions[Symbol.asyncDispose]();
});

const recorded = (name: string) => readFile(new URL(`../../data/${name}`, import.meta.url));
const used = async (project_name: string) => {
  const call = { headers: { "x-api-key": keys.read }, pathParameters: { project_name } };
  return JSON.parse((await functions.call("credits", call)).body).current_credits;
};
const remoteWrite = {
  path: "/write",
  headers: { "content-type": "application/x-protobuf", "content-encoding": "snappy" },
};
const json = (...measurements: object[]): Partial<Call> => ({
  body: JSON.stringify({ measurements }),
});
const good = {
  project_name: "good",
  metric: "project_vcpu_usage",
  value: 1,
  time: "2026-11-23T09:00:00Z",
};

test("accepted JSON is answered with 202 and counts", async () => {
  const answer = await functions.receive(json(good));
  expect(answer.statusCode).toBe(202);
  expect(JSON.parse(answer.body)).toEqual({ accepted: 1, dropped: {} });
});

test("a page is counted, what has no price is dropped, and ?time= dates it", async () => {
  const page = (value: number) =>
    `# TYPE project_vcpu_usage gauge\nproject_vcpu_usage{project_name="page"} ${value}\npython_info 1\n`;
  for (const [minute, value] of [
    [0, 10],
    [1, 12.5],
  ] as const) {
    const answer = await functions.receive({
      headers: { "content-type": "text/plain; version=0.0.4" },
      query: { time: `2026-11-23T09:0${minute}:00Z` },
      body: page(value),
    });
    expect(answer.statusCode).toBe(202);
    expect(JSON.parse(answer.body)).toEqual({ accepted: 1, dropped: { unpriced: 1 } });
  }
  await functions.billQueued();
  expect(await used("page")).toBe(2.5);
});

test("remote write is answered with 204, and that of 2.0 with what was written, too", async () => {
  const first = await functions.receive({
    ...remoteWrite,
    body: await recorded("remote-write-1.0/001.bin"),
  });
  expect(first).toMatchObject({ statusCode: 204, body: "" });
  expect(first.headers).not.toHaveProperty("x-prometheus-remote-write-samples-written");
  const second = await functions.receive({
    path: "/write",
    headers: { "content-type": "application/x-protobuf;proto=io.prometheus.write.v2.Request" },
    body: await recorded("remote-write-2.0/001.bin"),
  });
  expect(second).toMatchObject({ statusCode: 204, body: "" });
  expect(Number(second.headers["x-prometheus-remote-write-samples-written"])).toBeGreaterThan(0);
});

test("line protocol is answered with 204 on /write, with or without a content type", async () => {
  const line = (value: string, minute: number) =>
    `project_vcpu_usage,location_id=8676,project_name=influx value=${value} ${Date.UTC(2026, 10, 23, 9, minute)}000000`;
  const first = { path: "/write", headers: { "content-type": "text/plain" }, body: line("1.5", 0) };
  const second = { path: "/write", headers: { "content-type": "" }, body: line("4", 1) };
  expect((await functions.receive(first)).statusCode).toBe(204);
  expect((await functions.receive(second)).statusCode).toBe(204);
  await functions.billQueued();
  expect(await used("influx")).toBe(2.5);
});

test("text may come gzipped", async () => {
  const answer = await functions.receive({
    headers: { "content-encoding": "gzip" },
    body: gzipSync(JSON.stringify({ measurements: [good] })),
  });
  expect(answer.statusCode).toBe(202);
});

describe("is refused with its own answer, and nothing is queued:", () => {
  const bomb = gzipSync(Buffer.alloc(40_000_000, 32));
  const cases: [string, Partial<Call>, number, string][] = [
    ["broken JSON", { body: '{"measurements":[' }, 400, "json-invalid"],
    ["no body at all", {}, 400, "json-invalid"],
    ["a body of 10 MB", { body: "x".repeat(10_000_000) }, 413, "body-too-large"],
    [
      "gzip that inflates beyond the limit",
      { headers: { "content-encoding": "gzip" }, body: bomb },
      413,
      "body-too-large",
    ],
    [
      "broken gzip",
      { headers: { "content-encoding": "gzip" }, body: Buffer.from("no gzip") },
      400,
      "compression-invalid",
    ],
    [
      "broken snappy",
      { ...remoteWrite, body: Buffer.from("no snappy") },
      400,
      "compression-invalid",
    ],
    [
      "an unknown content type",
      { headers: { "content-type": "text/csv" }, body: "a,b" },
      415,
      "media-type-unsupported",
    ],
    [
      "an unknown content encoding",
      { headers: { "content-encoding": "br" }, body: "x" },
      415,
      "encoding-unsupported",
    ],
    [
      "JSON in snappy",
      { headers: { "content-encoding": "snappy" }, body: Buffer.from("x") },
      415,
      "encoding-unsupported",
    ],
    [
      "protobuf in gzip",
      {
        path: "/write",
        headers: { "content-type": "application/x-protobuf", "content-encoding": "gzip" },
        body: Buffer.from("x"),
      },
      415,
      "encoding-unsupported",
    ],
    [
      "an unknown protobuf message",
      {
        path: "/write",
        headers: {
          ...remoteWrite.headers,
          "content-type": "application/x-protobuf;proto=other.Message",
        },
        body: Buffer.from("x"),
      },
      415,
      "media-type-unsupported",
    ],
    [
      "a page on /write with an OpenMetrics type",
      {
        path: "/write",
        headers: { "content-type": "application/openmetrics-text" },
        body: "# EOF",
      },
      415,
      "media-type-unsupported",
    ],
    [
      "a bad ?time=",
      { query: { time: "noon" }, headers: { "content-type": "text/plain" }, body: "" },
      400,
      "parameter-invalid",
    ],
    [
      "a delta without a time",
      { headers: { "content-type": "text/plain" }, body: 'jobs{project_name="a"} 1\n' },
      400,
      "delta-untimed",
    ],
    ["an unknown metric", json(good, { ...good, metric: "gpu" }), 400, "measurements-refused"],
    ["a negative value", json(good, { ...good, value: -1 }), 400, "measurements-refused"],
    [
      "a time in a far future",
      json(good, { ...good, time: "2999-01-01T00:00:00Z" }),
      400,
      "measurements-refused",
    ],
    ["an unknown field", json({ ...good, unit: "h" }), 400, "measurements-refused"],
  ];

  test.each(cases)("%s", async (_what, call, status, code) => {
    await functions.billQueued();
    const answer = await functions.receive(call);
    const problem = JSON.parse(answer.body);
    expect(answer.headers["content-type"]).toBe("application/problem+json; charset=utf-8");
    expect(problem).toMatchObject({ status, code, type: `urn:openstack-credits:problem:${code}` });
    expect(answer.statusCode).toBe(status);
    expect(problem.errors[0]).toEqual({
      at: expect.any(String),
      code: expect.any(String),
      detail: expect.any(String),
    });
    expect(await functions.billQueued()).toBe(0);
  });
});

test("of a page or a remote write with faults, what is valid is billed and the rest is named", async () => {
  const body = 'project_vcpu_usage{project_name="half"} 1\nproject_vcpu_usage{project_name=""} 1\n';
  const answer = await functions.receive({ headers: { "content-type": "text/plain" }, body });
  expect(answer.statusCode).toBe(400);
  expect(JSON.parse(answer.body)).toMatchObject({ accepted: 1, errors: [{ at: "line 2" }] });
  await functions.billQueued();
  expect(await used("half")).toBe(0);
});

test.each(["🚀 science", "a\uffffb"])(
  "a project named %j is billed like any other",
  async (project_name) => {
    const later = { time: "2026-11-23T09:10:00Z", value: 4 };
    const answer = await functions.receive(
      json({ ...good, project_name }, { ...good, ...later, project_name }),
    );
    expect(answer.statusCode).toBe(202);
    await functions.billQueued();
    expect(await used(project_name)).toBe(3);
  },
);

test("a queue that does not answer is a 503 that says when to come again", async () => {
  process.env["MEASUREMENTS_QUEUE_URL"] = `${functions.queues.measurementsUrl}-that-is-not-there`;
  const { jest } = await import("@jest/globals");
  jest.resetModules();
  const answer = await functions.receive(json(good));
  expect(answer.statusCode).toBe(503);
  expect(answer.headers["retry-after"]).toBe("5");
  expect(answer.body).not.toContain("that-is-not-there");
});
