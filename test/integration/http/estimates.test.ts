import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { bodyOf, faultsOf } from "../../support/admin-calls.ts";
import { keys } from "../../support/api-keys.ts";
import { type Functions, loadFunctions } from "../../support/servers/functions.ts";
import { writtenFields } from "../../support/written-fields.ts";

const nowMs = Date.UTC(2026, 10, 25, 12);
let functions: Functions;
beforeAll(async () => {
  functions = await loadFunctions({
    METRICS_TO_BILL: JSON.stringify({
      project_vcpu_usage: {
        prices: [
          { from: "2026-01-01T00:00:00Z", credits: 1 },
          { from: "2026-11-26T00:00:00Z", credits: 2 },
        ],
      },
      project_mb_usage: { prices: [{ from: "2026-03-01T00:00:00Z", credits: 0.3 }] },
    }),
  });
});
afterEach(() => {
  jest.restoreAllMocks();
});
afterAll(async () => {
  await functions[Symbol.asyncDispose]();
});

const estimate = (body: object | string) => {
  jest.spyOn(Date, "now").mockReturnValue(nowMs);
  return functions.call("machines", {
    method: "POST",
    headers: { "x-api-key": keys.read, "content-type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
};

test("what machines cost per hour, until an instant, and how long a budget lasts", async () => {
  const answer = await estimate({
    machines: [{ count: 4, project_vcpu_usage: 28, project_mb_usage: 64 }],
    until: "2026-11-25T18:30:00Z",
    budget: 1000,
  });
  expect(answer.statusCode).toBe(200);
  expect(writtenFields(answer)).toMatchObject({
    credits_per_hour: "188.8",
    hours: "6.5",
    credits: "1227.2",
    lasts_hours: "5.29661",
    price_valid_from: '"2026-03-01T00:00:00Z"',
  });
});

test("a price that is known to change counts from then on", async () => {
  const { credits, lasts_hours, price_changes } = bodyOf(
    await estimate({
      machines: [{ project_vcpu_usage: 10 }, { project_vcpu_usage: "2.5" }],
      until: "2026-11-26T12:00:00+00:00",
      budget: "175",
    }),
  );
  expect(credits).toBe(12 * 12.5 + 12 * 25);
  expect(lasts_hours).toBe(13);
  expect(price_changes).toEqual([{ from: "2026-11-26T00:00:00Z", credits_per_hour: 25 }]);
});

test("without an instant or a budget there is nothing to say of them", async () => {
  expect(bodyOf(await estimate({ machines: [{ project_mb_usage: 1 }] }))).toMatchObject({
    credits_per_hour: 0.3,
    hours: null,
    credits: null,
    lasts_hours: null,
  });
});

test("a budget lasts for ever where nothing costs", async () => {
  const body = { machines: [{ project_vcpu_usage: 0 }], budget: 1 };
  expect(bodyOf(await estimate(body)).lasts_hours).toBeNull();
});

test("digits that a float would lose are kept", async () => {
  const answer = await estimate(
    '{"machines":[{"project_vcpu_usage":123456789012345.000000000001}]}',
  );
  expect(writtenFields(answer)).toMatchObject({
    credits_per_hour: "123456789012345.000000000001",
  });
});

describe("refuses", () => {
  test.each<[string, object | string, string]>([
    ["no machine", { machines: [] }, "machines"],
    ["a machine without units", { machines: [{ count: 1 }] }, "machines.0"],
    ["half a machine", { machines: [{ count: 0.5, project_vcpu_usage: 1 }] }, "machines.0.count"],
    ["a metric without a price", { machines: [{ gpus: 1 }] }, "machines.0.gpus"],
    ["negative units", { machines: [{ project_vcpu_usage: -1 }] }, "machines.0.project_vcpu_usage"],
    [
      "units as a list",
      { machines: [{ project_vcpu_usage: [1] }] },
      "machines.0.project_vcpu_usage",
    ],
    ["the past", { machines: [{ project_vcpu_usage: 1 }], until: "2026-11-25T11:00:00Z" }, "until"],
    ["a day", { machines: [{ project_vcpu_usage: 1 }], until: "tomorrow" }, "until"],
    ["a budget in words", { machines: [{ project_vcpu_usage: 1 }], budget: "much" }, "budget"],
    ["an unknown field", { machines: [{ project_vcpu_usage: 1 }], untill: "" }, "untill"],
    ["no object", "[]", "body"],
  ])("%s", async (_what, body, at) => {
    const answer = await estimate(body);
    expect([400, 404]).toContain(answer.statusCode);
    expect(faultsOf(answer)).toEqual([at]);
  });
});
