import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { keys } from "../../support/api-keys.ts";
import { type Functions, loadFunctions } from "../../support/servers/functions.ts";

// Bodies made after public reports, from the request to the bill.

let functions: Functions;
beforeAll(async () => {
  functions = await loadFunctions();
});
afterAll(async () => {
  await functions[Symbol.asyncDispose]();
});

const report = (name: string) => readFile(new URL(`../../data/reports/${name}`, import.meta.url));
const used = async (project_name: string) => {
  const call = { headers: { "x-api-key": keys.read }, pathParameters: { project_name } };
  return JSON.parse((await functions.call("credits", call)).body).current_credits;
};
const dropped = async () => {
  const { rows } = await functions.database.pool.query(
    "select reason, count::int from samples_dropped order by reason",
  );
  await functions.database.pool.query("delete from samples_dropped");
  return Object.fromEntries(rows.map(({ reason, count }) => [reason, count]));
};
const remoteWrite = {
  path: "/write",
  headers: { "content-type": "application/x-protobuf", "content-encoding": "snappy" },
};
const openMetrics = { "content-type": "application/openmetrics-text; version=1.0.0" };
const text = { "content-type": "text/plain" };

test("a label with an empty value costs no sample", async () => {
  const body = await report("02-empty-label.rw1");
  expect(await functions.receive({ ...remoteWrite, body })).toMatchObject({ statusCode: 204 });
  await functions.billQueued();
  expect(await used("empty-label")).toBe(8);
});

test("a body without a type is line protocol, as the old subscription sends it", async () => {
  const query = { consistency: "", db: "telegraf", precision: "ns", rp: "autogen" };
  const headers = { "content-type": "" };
  const body = await report("05-empty-content-type.lp");
  expect(await functions.receive({ path: "/write", query, headers, body })).toMatchObject({
    statusCode: 204,
  });
  await functions.billQueued();
  expect(await used("http10")).toBe(0);
});

test("repetitions and a higher value for one time cost nothing, and the latter is counted", async () => {
  const body = await report("23-duplicates-in-one-request.rw1");
  expect(await functions.receive({ ...remoteWrite, body })).toMatchObject({ statusCode: 204 });
  await functions.billQueued();
  expect(await used("rw-dup")).toBe(8);
  expect(await dropped()).toEqual({ conflicting: 1 });
});

test("two values of one series in a page without times: the lower is billed, each time", async () => {
  const page = (await report("19-same-series-twice.prom")).toString();
  const clock = jest.spyOn(Date, "now").mockReturnValue(Date.UTC(2026, 10, 25, 20));
  const first = await functions.receive({ headers: text, body: page });
  clock.mockReturnValue(Date.UTC(2026, 10, 25, 20, 1));
  const later = page.replace("20\n", "21\n").replace("600\n", "650\n");
  const second = await functions.receive({ headers: text, body: later });
  clock.mockRestore();
  for (const { body } of [first, second]) {
    expect(JSON.parse(body)).toEqual({ accepted: 1, dropped: { conflicting: 1 } });
  }
  await functions.billQueued();
  expect(await used("dup-page")).toBe(1);
  expect(await dropped()).toEqual({ conflicting: 2 });
});

test("a metric that was renamed is named in the answer and in what operators see", async () => {
  const body = await report("09-total-suffix.om");
  const answer = await functions.receive({ headers: openMetrics, body });
  const counts = { unpriced: 2, "unpriced:project_vcpu_usage": 1 };
  expect(answer.statusCode).toBe(202);
  expect(JSON.parse(answer.body)).toEqual({
    accepted: 0,
    dropped: counts,
    hints: [
      "project_vcpu_usage_total has no price here, but project_vcpu_usage has: send it by that name",
    ],
  });
  await functions.billQueued();
  expect(await dropped()).toEqual(counts);
});

test.each([
  ["06-carriage-return.om", openMetrics, "First: line 1: end the line with a line feed alone"],
  ["14-java-minute.json", {}, "the seconds are missing"],
])("%s is refused for its cause", async (name, headers, detail) => {
  const answer = await functions.receive({ headers, body: await report(name) });
  expect(answer.statusCode).toBe(400);
  expect(JSON.parse(answer.body).detail).toContain(detail);
});

test("more faults than are counted end the reading, and the answer says so", async () => {
  const body = gzipSync(`{"measurements":[${"{},".repeat(199_999)}{}]}`);
  const answer = await functions.receive({ headers: { "content-encoding": "gzip" }, body });
  expect(answer.statusCode).toBe(400);
  expect(JSON.parse(answer.body).detail).toMatch(
    /^50000 faults, and the rest was not looked at; nothing was taken\. First: measurements\[0\]/,
  );
});

test.each([
  ["estimate", {}],
  ["grant", {}],
  ["adjustment", { "idempotency-key": "deep" }],
] as const)("JSON nested 20,000 deep is a fault of the request: %s", async (name, more) => {
  const answer = await functions.call(name, {
    method: "POST",
    headers: { "x-api-key": keys.admin, "content-type": "application/json", ...more },
    pathParameters: { project_name: "deep" },
    body: `{"reason":${"[".repeat(20_000)}${"]".repeat(20_000)}}`,
  });
  expect(answer.statusCode).toBe(400);
});
