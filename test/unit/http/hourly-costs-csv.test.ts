import { writeFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { parseCredits } from "../../../lib/billing/credits.ts";
import { PRICE_SCALE, parseDecimal, VALUE_SCALE } from "../../../lib/billing/decimal.ts";
import type { Tariff } from "../../../lib/billing/tariff.ts";
import type { CsvFormat } from "../../../lib/http/csv.ts";
import { readCostsQuery } from "../../../lib/http/hourly-costs.ts";
import { costsCsv } from "../../../lib/http/hourly-costs-csv.ts";
import type { LedgerCosts } from "../../../lib/usecases/reading/cost-buckets.ts";
import { csvRows } from "../../support/csv-rows.ts";
import { httpEvent } from "../../support/http-event.ts";

const at = (hour: number, minute = 0) => Date.UTC(2026, 10, 23, hour, minute);
const used = (hourMs: number, usage: string, credits: string, site = "bielefeld") => ({
  metric: "project_vcpu_usage",
  unit: "vCPU-hours",
  site,
  resource: null,
  hourMs,
  usage: parseDecimal(usage, VALUE_SCALE),
  credits: parseCredits(credits),
});

const ledger: LedgerCosts = {
  hours: [
    used(at(0), "1.5", "1.5"),
    used(at(2), "0.000000000001", "0.000000000000000003", "=HYPERLINK(1)"),
  ],
  adjustments: [{ atMs: at(2, 15), credits: parseCredits("-2.5") }],
  corrected: [{ fromMs: at(0), untilMs: at(0), atMs: at(5, 7) }],
  measuredFromMs: at(0),
  measuredUntilMs: at(2, 30),
};

const price = (credits: string, fromMs: number) => ({
  fromMs,
  credits: parseDecimal(credits, PRICE_SCALE),
  dipWindowMs: 0,
  maxGapMs: 0,
  maxRate: null,
});
const tariff: Tariff = {
  kind: "counter",
  unit: "vCPU-hours",
  periods: [price("1", Number.NEGATIVE_INFINITY), price("0.000003", at(2))],
};
const tariffOf = (metric: string) => (metric === "project_vcpu_usage" ? tariff : undefined);

const file = (
  format: CsvFormat,
  {
    costs = ledger,
    projectName = "genomics",
    until = "2026-11-23T03:00:00Z",
    bucket = "hour",
  } = {},
) => {
  const query = {
    from: "2026-11-23T00:00:00Z",
    until,
    timezone: "Europe/Berlin",
    by: "metric,site",
    bucket,
  };
  const event = httpEvent({ method: "GET", path: "/", query });
  return costsCsv(readCostsQuery(event, projectName, at(6)), costs, tariffOf, format);
};

// For a spreadsheet: .ci/open-csv.
const place = process.env["CSV_FOLDER"];
for (const format of place === undefined ? [] : (["csv", "csv-excel"] as const)) {
  writeFileSync(`${place}/${format}.csv`, file(format).body);
}

test("csv has every digit, times with their offset, and a row for each bucket, also where nothing was used", () => {
  const { statusCode, headers, body } = file("csv");
  expect(statusCode).toBe(200);
  expect(headers).toMatchObject({
    "content-type": "text/csv; charset=utf-8",
    "content-disposition": `attachment; filename="genomics 2026-11-23 2026-11-23.csv"; filename*=UTF-8''genomics%202026-11-23%202026-11-23.csv`,
  });
  expect(body.split("\r\n")).toEqual([
    "start,end,timezone,metric,site,resource,unit,usage,price,credits,coverage,corrected_at",
    "2026-11-23T01:00:00+01:00,2026-11-23T02:00:00+01:00,Europe/Berlin,project_vcpu_usage,bielefeld,,vCPU-hours,1.5,1.0,1.5,full,2026-11-23T06:07:00+01:00",
    "2026-11-23T02:00:00+01:00,2026-11-23T03:00:00+01:00,Europe/Berlin,,,,,0.0,,0.0,full,",
    "2026-11-23T03:00:00+01:00,2026-11-23T04:00:00+01:00,Europe/Berlin,project_vcpu_usage,'=HYPERLINK(1),,vCPU-hours,0.000000000001,0.000003,0.000000000000000003,partial,",
    "2026-11-23T03:00:00+01:00,2026-11-23T04:00:00+01:00,Europe/Berlin,adjustment,,,,,,-2.5,partial,",
    "",
  ]);
});

test("csv-excel has a byte order mark, semicolons, decimal commas and wall-clock times", () => {
  const [first, second, , , adjustment] = file("csv-excel").body.split("\r\n");
  expect(first?.startsWith("\uFEFFstart;end;timezone;")).toBe(true);
  expect(second).toBe(
    "2026-11-23 01:00;2026-11-23 02:00;Europe/Berlin;project_vcpu_usage;bielefeld;;vCPU-hours;1,5;1,0;1,5;full;2026-11-23 06:07",
  );
  // A formula is guarded against, a negative amount is not one.
  expect(adjustment).toContain(";adjustment;;;;;;-2,5;partial;");
});

test("a row has no price where there were several, or where one does not tell what was billed", () => {
  const pricesOf = (costs: LedgerCosts) =>
    csvRows(file("csv", { costs, bucket: "day" }).body).map((row) => row["price"]);
  const inOneBucket = { ...ledger, adjustments: [], hours: [used(at(0), "1", "1")] };
  expect(pricesOf(inOneBucket)).toEqual([""]);
  const billedBefore = { ...inOneBucket, hours: [used(at(2), "1", "1")] };
  expect(file("csv", { costs: billedBefore }).body).toContain("vCPU-hours,1.0,,1.0,");
});

test.each(["=1", "+1", "-1", "@SUM(1)", "\tx"])("the text %j is no formula", (site) => {
  const costs = { ...ledger, hours: [used(at(0), "1", "1", site)], adjustments: [] };
  expect(file("csv", { costs }).body).toContain(`,'${site},`);
});

test.each([
  ['a "b", c', "a _b__ c", "a%20%22b%22%2C%20c"],
  ["müller/λ", "m_ller__", "m%C3%BCller_%CE%BB"],
  ["it's (x)", "it_s _x_", "it%27s%20%28x%29"],
])("a project %j may be in the file's name", (projectName, ascii, encoded) => {
  expect(file("csv", { projectName }).headers["content-disposition"]).toBe(
    `attachment; filename="${ascii} 2026-11-23 2026-11-23.csv"; filename*=UTF-8''${encoded}%202026-11-23%202026-11-23.csv`,
  );
});

test("more rows than a file may have are refused with what to change", () => {
  expect(() => file("csv", { until: "2038-11-23T00:00:00Z" })).toThrow(
    "The range has 105193 rows, more than 100000: take a larger bucket or a shorter range.",
  );
});
