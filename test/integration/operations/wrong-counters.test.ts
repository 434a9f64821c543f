import { expect, test } from "@jest/globals";
import type { Measurement } from "../../../lib/billing/measurement.ts";
import { decodeExposition } from "../../../lib/formats/text/decode-exposition.ts";
import { applyTariffs } from "../../../lib/postgres/ledger/apply-tariffs.ts";
import { holdPorts } from "../../../lib/postgres/operations/holds.ts";
import { readProjectCredits } from "../../../lib/postgres/reading/credits.ts";
import { parseMetricSettings } from "../../../lib/settings/metrics.ts";
import { everySeries } from "../../../lib/usecases/ledger/stored-series.ts";
import { decideOnHolds } from "../../../lib/usecases/operations/decide-holds.ts";
import * as decodeContext from "../../support/formats/decode-context.ts";
import { readData } from "../../support/formats/recordings.ts";
import { ledgerOf } from "../../support/ledger/ledger-fixture.ts";
import { driftingProjects } from "../../support/ledger/verify-projects.ts";
import { createMigratedDatabase, type TestDatabase } from "../../support/servers/database.ts";

// Pages made after public reports of counters that were wrong, and what they must cost.

const nowMs = Date.UTC(2026, 10, 26);
const context = { ...decodeContext.context, untimedMs: nowMs, newestMs: nowMs };

function page(name: string): readonly Measurement[] {
  const { measurements, faults } = decodeExposition(
    readData(`reports/${name}.prom`),
    { ...context, isBilled: () => true },
    "prometheus",
  );
  expect(faults).toEqual([]);
  return measurements;
}

async function credits({ pool }: TestDatabase, projectName: string) {
  const { usedCredits, heldCredits } = (await readProjectCredits(pool, projectName)) ?? {};
  return { used: Number(usedCredits), held: Number(heldCredits) };
}

/** A database in which the page is billed, with a maximum rate. */
async function billed(name: string, maxRate: string): Promise<TestDatabase> {
  const database = await createMigratedDatabase();
  const metrics = `{"project_vcpu_usage": {"max_rate": ${maxRate}, "prices": [1]},
                    "project_requests": {"kind": "delta", "prices": [1]}}`;
  await applyTariffs(database.pool, parseMetricSettings(metrics), "test");
  await ledgerOf(database).bill(...page(name));
  return database;
}

test.each([
  ["01a-ha-pair-one-exporter", '"none"', "ha-pair", 7.882222, 0],
  ["01c-ha-pair-label-rollout", '"none"', "ha-rollout", 15.733333, 0],
  ["12a-two-regions-both-up", '"none"', "two-regions", 4901.966667, 0],
  ["12a-two-regions-both-up", "10000", "two-regions", 1.966667, 4900],
  ["15b-one-spike", '"none"', "spike", 9929, 0],
  ["15b-one-spike", "10000", "spike", 30, 9899],
  ["16-reset-undone", '"none"', "reset-undone", 8, 0],
  ["17-small-decrease", '"none"', "small-decrease", 2, 0],
  ["18-missing-page-2h", '"none"', "missing-page", 429, 0],
  ["21-ha-delta", '"none"', "ha-delta", 24, 0],
])("%s with max_rate %s costs %s what it must", async (name, maxRate, project, used, held) => {
  await using database = await billed(name, maxRate);
  expect(await credits(database, project)).toEqual({ used, held });
  expect(await driftingProjects(database.pool)).toEqual([]);
});

test.each([
  [true, { used: 9929, held: 0 }],
  [false, { used: 30, held: 0 }],
])("one spike, accepted: %s", async (isAccepted, expected) => {
  await using database = await billed("15b-one-spike", "10000");
  const order = { scope: everySeries, range: null, isAccepted, actor: "ada", reason: "test" };
  for await (const _ of decideOnHolds(order, holdPorts(database.pool), false));
  expect(await credits(database, "spike")).toEqual(expected);
  expect(await driftingProjects(database.pool)).toEqual([]);
});
