import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { keys } from "../../support/api-keys.ts";
import { type Functions, loadFunctions } from "../../support/servers/functions.ts";

let functions: Functions;
beforeAll(async () => {
  // The clock stands still, or the bucket would fill meanwhile.
  jest.spyOn(performance, "now").mockReturnValue(Math.ceil(performance.now()));
  functions = await loadFunctions({ SAMPLES_PER_MINUTE: "60" });
});
afterAll(async () => {
  await functions[Symbol.asyncDispose]();
});

const body = (count: number) =>
  JSON.stringify({
    measurements: Array.from({ length: count }, (_, index) => ({
      project_name: "wild",
      metric: "project_vcpu_usage",
      value: index,
      time: new Date(Date.UTC(2026, 10, 23, 9) + index * 1_000).toISOString(),
    })),
  });

test("a key that sends too many samples has to wait for as many, and no other key has", async () => {
  expect(await functions.receive({ body: body(59) })).toMatchObject({ statusCode: 202 });
  expect(await functions.receive({ body: body(61) })).toMatchObject({ statusCode: 202 });
  const refused = await functions.receive({ body: body(1) });
  expect(refused).toMatchObject({ statusCode: 429, headers: { "retry-after": "61" } });
  expect(JSON.parse(refused.body)).toMatchObject({
    code: "rate-limited",
    detail: "More than 60 samples in a minute: send this request again in 61 s.",
  });
  const other = { "x-api-key": keys.admin };
  expect(await functions.receive({ body: body(1), headers: other })).toMatchObject({
    statusCode: 202,
  });
});

test("samples that are dropped count as well", async () => {
  const page = "node_cpu_seconds_total 1\n".repeat(60);
  const headers = { "content-type": "text/plain", "x-api-key": keys.site };
  expect(await functions.receive({ body: page, headers })).toMatchObject({ statusCode: 202 });
  expect(await functions.receive({ body: page, headers })).toMatchObject({ statusCode: 429 });
});
