import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { type Functions, loadFunctions } from "../../support/servers/functions.ts";

let functions: Functions;
beforeAll(async () => {
  // The clock stands still, or every 20 s another request would be taken; at a whole number, or 20 s later
  // could be a rounding less than 20 s.
  jest.spyOn(performance, "now").mockReturnValue(Math.ceil(performance.now()));
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

test.each([
  ["Prometheus", "application/x-protobuf"],
  ["a client of InfluxDB", "text/plain; charset=utf-8"],
  ["a client of InfluxDB that names no type", ""],
])("%s is told with a 503, after which it comes again", async (_, type) => {
  const headers = { "content-type": type };
  const answer = await functions.receive({ path: "/write", headers, body: "" });
  expect(answer.statusCode).toBe(503);
  expect(answer.headers["retry-after"]).toBe("20");
});

test("a wall clock that is set back an hour takes no requests from anybody", async () => {
  const beforeMs = Date.now() - 3_600_000;
  const clock = jest.spyOn(Date, "now").mockReturnValue(beforeMs);
  const elapsed = jest.spyOn(performance, "now").mockReturnValue(performance.now() + 20_000);
  const answer = await functions.receive({ body: '{"measurements":[]}' });
  expect(answer).toMatchObject({ statusCode: 202, headers: { ratelimit: '"requests";r=0;t=60' } });
  clock.mockRestore();
  elapsed.mockRestore();
});
