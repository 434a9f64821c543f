import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { compressSnappy } from "../../support/formats/remote-write-body.ts";
import type { Call } from "../../support/http-event.ts";
import { type Functions, loadFunctions } from "../../support/servers/functions.ts";
import { receiveMeasurements } from "../../support/servers/queues.ts";

// Requests that real senders, and those who mean harm, have sent to receivers like this one.

let functions: Functions;
beforeAll(async () => {
  functions = await loadFunctions();
});
afterAll(async () => {
  await functions[Symbol.asyncDispose]();
});

const queued = () => receiveMeasurements(functions.queues);

const timeMs = Date.UTC(2026, 10, 23, 9);
const item = { project_name: "odd", metric: "project_vcpu_usage", value: 1, time: timeMs };
const json = JSON.stringify({ measurements: [item] });
const text = { "content-type": "text/plain" };
const page = 'project_vcpu_usage{project_name="odd"} 1\n';

describe("is taken:", () => {
  test.each<[string, Partial<Call>]>([
    ["a content type in capitals", { headers: { "content-type": "APPLICATION/JSON" }, body: json }],
    [
      "a content type with a charset",
      { headers: { "content-type": 'application/json; charset="UTF-8";' }, body: json },
    ],
    ["an encoding in capitals", { headers: { "content-encoding": "GZIP" }, body: gzipSync(json) }],
    ["gzip by its older name", { headers: { "content-encoding": "x-gzip" }, body: gzipSync(json) }],
    ["no encoding, named", { headers: { "content-encoding": "identity" }, body: json }],
    [
      "gzip in several parts",
      {
        headers: { "content-encoding": "gzip" },
        body: Buffer.concat([gzipSync(json.slice(0, 20)), gzipSync(json.slice(20))]),
      },
    ],
    ["JSON after a byte order mark", { body: `\uFEFF${json}` }],
    ["a page after a byte order mark", { headers: text, body: `\uFEFF${page}` }],
    ["lines that end as in Windows", { headers: text, body: page.replace("\n", "\r\n") }],
    [
      "a time with an offset",
      { headers: text, query: { time: "2026-11-23T10:00:00+01:00" }, body: page },
    ],
  ])("%s", async (_, call) => {
    const answer = await functions.receive(call);
    expect(answer.body).toContain('"accepted":1');
    expect(await queued()).toMatchObject([{ projectName: "odd" }]);
  });
});

const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
const measurementsOf = (items: string) => `{"measurements":[${items}]}`;
const gzipped = (body: string): Partial<Call> => ({
  headers: { "content-encoding": "gzip" },
  body: gzipSync(body),
});
const remoteWrite = (body: Uint8Array): Partial<Call> => ({
  path: "/write",
  headers: {
    "content-type": "application/x-protobuf;proto=io.prometheus.write.v2.Request",
    "content-encoding": "snappy",
  },
  body,
});

describe("is refused soon, with an answer of its own, and nothing is queued:", () => {
  const cases: [string, Partial<Call>, number, string][] = [
    ["lists in lists", { body: nested(10_000) }, 400, "an object"],
    ["lists in lists that have no end", { body: "[".repeat(1_000_000) }, 400, "send JSON"],
    ["a value of lists", { body: measurementsOf(`{"value":${nested(10_000)}}`) }, 400, "a number"],
    ["16 million lists, gzipped", gzipped(nested(16_000_000)), 413, "at most 200,000"],
    ["16 million zeros, gzipped", gzipped(measurementsOf(`0${",0".repeat(16e6)}`)), 413, "at most"],
    ["a hundred megabytes of blanks, gzipped", gzipped(" ".repeat(1e8)), 413, "inflates to more"],
    ["a field named __proto__", { body: `{"__proto__":{},${json.slice(1)}` }, 400, "__proto__"],
    [
      "a metric named __proto__",
      { body: json.replace("project_vcpu_usage", "__proto__") },
      400,
      "price",
    ],
    ["NUL before JSON", { body: `\0${json}` }, 400, "send JSON"],
    [
      "NUL in a name",
      { body: json.replace("odd", String.raw`o\u0000d`) },
      400,
      "control characters",
    ],
    ["a number of a megabyte", { body: json.replace(":1,", `:${"9".repeat(1e6)},`) }, 400, "1e15"],
    ["gzip that nobody mentions", { body: gzipSync(json) }, 400, "UTF-8"],
    [
      "gzip that ends early",
      { ...gzipped(json), body: gzipSync(json).subarray(0, 30) },
      400,
      "gzip",
    ],
    [
      "gzip twice",
      { headers: { "content-encoding": "gzip, gzip" }, body: json },
      415,
      "gzip or none",
    ],
    [
      "no content type",
      { headers: { "content-type": "" }, body: json },
      415,
      "Send application/json",
    ],
    [
      "a form, as curl -d has it",
      { headers: { "content-type": "application/x-www-form-urlencoded" }, body: json },
      415,
      "Send application/json",
    ],
    [
      "two content types",
      { headers: { "content-type": "application/json,text/plain" }, body: json },
      415,
      "Send",
    ],
    [
      "a content type of nothing but signs",
      { headers: { "content-type": ';;=;"' }, body: json },
      415,
      "Send",
    ],
    [
      "a time that is sent twice",
      { headers: text, query: { time: "1,2" }, body: page },
      400,
      "RFC 3339",
    ],
    [
      "a time whose + became a blank",
      { headers: text, query: { time: "2026-11-23T10:00:00 01:00" }, body: page },
      400,
      "%2B",
    ],
    [
      "a time in nanoseconds",
      { headers: text, query: { time: `${timeMs}000000` }, body: page },
      400,
      "if it counts nanoseconds, send milliseconds",
    ],
    ["an empty time", { headers: text, query: { time: "" }, body: page }, 400, "RFC 3339"],
    [
      "the text of an error",
      { headers: text, body: "<html>Bad Gateway</html>\n" },
      400,
      "name of a metric",
    ],
    ["a page that was cut off", { headers: text, body: page.slice(0, -3) }, 400, "line feed"],
    [
      "a page where line protocol belongs",
      { path: "/write", headers: text, body: page },
      400,
      "/measurements",
    ],
    [
      "line protocol where a page belongs",
      { headers: text, body: "project_vcpu_usage,a=b value=1\n" },
      400,
      "line 1",
    ],
    [
      "a label of escapes only",
      { headers: text, body: page.replace("odd", "\\\\".repeat(2e6)) },
      400,
      "shorten",
    ],
    [
      "two million broken lines",
      { headers: text, body: "x\n".repeat(2_000_000) },
      400,
      "50000 faults, and the rest was not looked at; what is valid was taken",
    ],
    ["remote write without a body", remoteWrite(Buffer.alloc(0)), 400, "Snappy"],
    [
      "16 million symbols",
      remoteWrite(compressSnappy(Buffer.from("2200".repeat(16e6), "hex"))),
      413,
      "symbols",
    ],
  ];

  test.each(cases)("%s", async (_, call, status, detail) => {
    const start = process.cpuUsage();
    const answer = await functions.receive(call);
    const { user } = process.cpuUsage(start);
    expect(answer.statusCode).toBe(status);
    expect(JSON.parse(answer.body).errors.length).toBeGreaterThan(0);
    expect(answer.body.slice(0, 1_000)).toContain(detail);
    expect(answer.body.length).toBeLessThan(200_000);
    expect(user).toBeLessThan(10_000_000);
    expect(await queued()).toEqual([]);
  });
});

test("what is said of a request is short, however long its headers and keys are", async () => {
  const long = "x".repeat(1_000_000);
  for (const call of [
    { headers: { "content-type": long }, body: json },
    { headers: { "content-encoding": long }, body: json },
    { body: `{"${long}":1}` },
  ]) {
    const answer = await functions.receive(call);
    expect(answer.statusCode).toBeGreaterThanOrEqual(400);
    expect(answer.body.length).toBeLessThan(2_000);
  }
});
