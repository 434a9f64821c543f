import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { parseCredits } from "../../../lib/billing/credits.ts";
import { PRICE_SCALE, parseDecimal, VALUE_SCALE } from "../../../lib/billing/decimal.ts";
import { parseWithSource } from "../../../lib/formats/parse-with-source.ts";
import { keys } from "../../support/api-keys.ts";
import { csvRows } from "../../support/csv-rows.ts";
import { type Functions, loadFunctions } from "../../support/servers/functions.ts";

let functions: Functions;
let file: string;
let rows: Record<string, string>[];
const at = (hour: number, minute = 0) => new Date(Date.UTC(2026, 9, 5, hour, minute)).toISOString();

const read = (query: Record<string, string>) =>
  functions.call("costs", {
    headers: { "x-api-key": keys.read },
    pathParameters: { project_name: "genomics" },
    query: { from: at(0), until: at(23), ...query },
  });

beforeAll(async () => {
  functions = await loadFunctions({ FOCUS_PROVIDER: "A cloud", FOCUS_CREDIT_VALUE: "0.05" });
  const measured = (metric: string, location: string, value: string, hour: number, minute = 0) => ({
    project_name: "genomics",
    metric,
    site: location,
    resource: "3f0e9a6c",
    value,
    time: at(hour, minute),
  });
  const measurements = [
    measured("project_vcpu_usage", "bielefeld", "0", 10),
    measured("project_vcpu_usage", "bielefeld", "7.5", 12, 30),
    measured("project_mb_usage", "bielefeld", "1", 11),
    measured("project_mb_usage", "bielefeld", "1.000000000001", 12),
    measured("project_vcpu_usage", "berlin", "3", 9),
    measured("project_vcpu_usage", "berlin", "4", 10),
  ];
  await functions.receive({ body: JSON.stringify({ measurements }) });
  await functions.billQueued();
  await functions.call("adjustment", {
    method: "POST",
    headers: {
      "x-api-key": keys.admin,
      "content-type": "application/json",
      "idempotency-key": "refund",
    },
    pathParameters: { project_name: "genomics" },
    body: JSON.stringify({ credits: -2.5, reason: "an outage", time: at(12, 10) }),
  });
  file = (await read({ format: "focus" })).body;
  rows = csvRows(file);
  // For `focus-validator`: .ci/validate-focus.
  const place = process.env["FOCUS_FILE"];
  if (place !== undefined) writeFileSync(place, file);
});
afterAll(async () => {
  await functions[Symbol.asyncDispose]();
});

test("there is a row for each hour, metric, site and resource, and for each adjustment", () => {
  expect(
    rows.map((row) => [
      row["ChargePeriodStart"]?.slice(11, 16),
      row["x_Metric"],
      row["RegionId"],
      row["ConsumedQuantity"],
      row["PricingCurrencyEffectiveCost"],
      row["ChargeCategory"],
    ]),
  ).toEqual([
    ["09:00", "project_vcpu_usage", "berlin", "1.0", "1.0", "Usage"],
    ["10:00", "project_vcpu_usage", "bielefeld", "3.0", "3.0", "Usage"],
    ["11:00", "project_mb_usage", "bielefeld", "0.000000000001", "0.0000000000003", "Usage"],
    ["11:00", "project_vcpu_usage", "bielefeld", "3.0", "3.0", "Usage"],
    ["12:00", "project_vcpu_usage", "bielefeld", "1.5", "1.5", "Usage"],
    ["12:00", "adjustment", "", "", "-2.5", "Adjustment"],
  ]);
});

test("its credits add up to those of the JSON, and each row to its quantity times its price", async () => {
  const credits = rows.map((row) => parseCredits(row["PricingCurrencyEffectiveCost"] as string));
  const { total } = parseWithSource((await read({})).body, (_field, value, { source }) =>
    typeof value === "number" ? source : value,
  ) as { readonly total: { readonly credits: string; readonly adjustments: string } };
  const all = credits.reduce((sum, one) => sum + one, 0n);
  expect(all).toBe(parseCredits(total.credits) + parseCredits(total.adjustments));
  for (const [index, row] of rows.entries()) {
    if (row["ChargeCategory"] !== "Usage") continue;
    const quantity = parseDecimal(row["PricingQuantity"] as string, VALUE_SCALE);
    const price = parseDecimal(row["PricingCurrencyListUnitPrice"] as string, PRICE_SCALE);
    expect(quantity * price).toBe(credits[index]);
  }
});

test("money is credits times what one is worth, and the month is the one that is billed", () => {
  expect(rows[1]).toMatchObject({
    BilledCost: "0.15",
    ListUnitPrice: "0.05",
    BillingCurrency: "EUR",
    ProviderName: "A cloud",
    SubAccountName: "genomics",
    ResourceId: "3f0e9a6c",
    BillingPeriodStart: "2026-10-01T00:00:00Z",
    BillingPeriodEnd: "2026-11-01T00:00:00Z",
  });
});

test("a range in which nothing was used is a file with its columns", async () => {
  const none = await read({ format: "focus", from: at(20) });
  expect(none.body.trimEnd()).toBe(file.split("\r\n")[0]);
});
