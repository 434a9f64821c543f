import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { type Functions, loadFunctions } from "../../support/servers/functions.ts";

let functions: Functions;
beforeAll(async () => {
  // The clock stands still, or every 20 s another request would be taken.
  jest.spyOn(Date, "now").mockReturnValue(Date.now());
  functions = await loadFunctions({ RATE_LIMIT_PER_MINUTE: "3" });
});
afterAll(async () => {
  await functions[Symbol.asyncDispose]();
});

const body = JSON.stringify({
  measurements: [
    { project_name: "wild", metric: "project_vcpu_usage", value: 1, time: "2026-11-23T09:00:00Z" },
  ],
});

test("a key that goes wild is told when to come again, and only that key", async () => {
  const answers = [];
  for (let tries = 0; tries < 4; tries += 1) answers.push(await functions.receive({ body }));
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([202, 202, 202, 429]);
  expect(answers.map(({ headers }) => headers["ratelimit"]?.split(";")[1])).toEqual([
    "r=2",
    "r=1",
    "r=0",
    "r=0",
  ]);
  const refused = answers[3];
  expect(refused?.headers["retry-after"]).toBe("20");
  expect(refused?.headers["ratelimit-policy"]).toBe('"requests";q=3;w=60');
  expect(JSON.parse(refused?.body ?? "")).toMatchObject({ status: 429, code: "rate-limited" });
  expect(await functions.billQueued()).toBe(3);
});

test("who has no key is not limited by what a key sent, and costs it nothing", async () => {
  const answer = await functions.receive({ body, headers: { "x-api-key": "wrong" } });
  expect(answer.statusCode).toBe(401);
  expect(answer.headers).not.toHaveProperty("ratelimit");
});

test("Prometheus is told with a 503, after which it comes again", async () => {
  const headers = { "content-type": "application/x-protobuf", "content-encoding": "snappy" };
  const answer = await functions.receive({ path: "/write", headers, body: "" });
  expect(answer.statusCode).toBe(503);
  expect(answer.headers).toHaveProperty("retry-after");
});
