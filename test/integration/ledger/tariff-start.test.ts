import { expect, test } from "@jest/globals";
import { applyTariffs } from "../../../lib/postgres/ledger/apply-tariffs.ts";
import { parseMetricSettings } from "../../../lib/settings/metrics.ts";
import { ledgerOf, measured } from "../../support/ledger/ledger-fixture.ts";
import { driftingProjects } from "../../support/ledger/verify-projects.ts";
import { useDatabase } from "../../support/servers/use-database.ts";

const database = useDatabase();
const ledger = ledgerOf(database);
const price = (settings: object) =>
  applyTariffs(database.pool, parseMetricSettings(JSON.stringify(settings)), "test");

test("a new price begins behind what a clock ahead has measured, and with the next sample elsewhere", async () => {
  await price({ ahead: 1, punctual: 1 });
  const hour = 3_600_000;
  const nowMs = Date.now();
  const use = (metric: string, hours: number, value: string) =>
    measured("clocks", 0, value, { metric, timeMs: nowMs + hours * hour });
  await ledger.bill(use("ahead", 1, "0"), use("ahead", 2, "6"));
  await ledger.bill(use("punctual", -2, "0"), use("punctual", -1, "6"));
  expect(await ledger.used("clocks")).toBe(12);
  await price({ ahead: 5, punctual: 5 });
  expect(await driftingProjects(database.pool)).toEqual([]);
  // The clock ahead of one metric holds back the price of no other.
  await ledger.bill(use("punctual", 0.01, "6"), use("punctual", 0.02, "7"));
  expect(await ledger.used("clocks")).toBe(12 + 5);
  await ledger.bill(use("ahead", 2.5, "6"), use("ahead", 3, "7"));
  expect(await ledger.used("clocks")).toBe(12 + 5 + 5);
  expect(await driftingProjects(database.pool)).toEqual([]);
});
