import { expect, test } from "@jest/globals";
import { apiKeysJson, keys } from "../../support/api-keys.ts";
import { httpEvent, lambdaContext } from "../../support/http-event.ts";
import { environmentOf } from "../../support/service-file.ts";

const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

test("the price that is told is the one that holds now, not the one before or after it", async () => {
  const prices = [
    { credits: 1 },
    { from: inHours(-1), credits: 2 },
    { from: inHours(1), credits: 3 },
  ];
  const given = {
    API_KEYS: apiKeysJson,
    METRICS_TO_BILL: JSON.stringify({ project_vcpu_usage: { prices } }),
    LOG_LEVEL: "silent",
  };
  Object.assign(process.env, environmentOf("list-metrics", given));
  const { handler } = await import("../../../functions/list-metrics.ts");
  const headers = { "x-api-key": keys.read };
  const event = httpEvent({ method: "GET", path: "/api/metrics", headers });
  const { body } = await handler(event, lambdaContext);
  expect(JSON.parse(body)).toEqual({ project_vcpu_usage: 2 });
});
