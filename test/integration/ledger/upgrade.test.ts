import { readdir, readFile, writeFile } from "node:fs/promises";
import { describe, expect, test } from "@jest/globals";
import type { Measurement } from "../../../lib/billing/measurement.ts";
import { withGrants } from "../../../lib/postgres/grants/grants-and-adjustments.ts";
import { applyTariffs } from "../../../lib/postgres/ledger/apply-tariffs.ts";
import { withLedger } from "../../../lib/postgres/ledger/billing-ledger.ts";
import { migrate, readMigrations } from "../../../lib/postgres/migrate.ts";
import { limitScan } from "../../../lib/postgres/notices/limit-scan.ts";
import { readProjectCredits } from "../../../lib/postgres/reading/credits.ts";
import { parseMetricSettings } from "../../../lib/settings/metrics.ts";
import { setGrant } from "../../../lib/usecases/grants/set-grant.ts";
import { isDrifting } from "../../../lib/usecases/operations/verify-ledger.ts";
import { billMeasurements } from "../../support/ledger/bill-measurements.ts";
import { begin, measured } from "../../support/ledger/ledger-fixture.ts";
import { verifyProjects } from "../../support/ledger/verify-projects.ts";
import { createDatabase, createMigratedDatabase } from "../../support/servers/database.ts";
import { dumpDatabase } from "../../support/servers/dump-database.ts";
import { migrationsDirectory } from "../../support/servers/template-database.ts";

const fixtures = new URL("../../data/upgrade/", import.meta.url);

/** A little of everything that a database can hold: WRITE_UPGRADE_FIXTURE=name dumps it. */
async function writeFixture(name: string): Promise<void> {
  await using database = await createMigratedDatabase();
  const prices =
    '{"project_vcpu_usage": 1, "project_mb_usage": 0.3, "jobs": {"kind": "delta", "prices": [2]}, "gpus": {"kind": "gauge", "prices": [4]}}';
  await applyTariffs(database.pool, parseMetricSettings(prices), "fixture");
  const bill = (...measurements: Measurement[]) =>
    billMeasurements(measurements, withLedger(database.pool));
  await bill(measured("genomics", 0, "120"), measured("genomics", 90, "128.5"));
  // Every ten seconds for half an hour: more samples than a segment has.
  const grown = Array.from({ length: 181 }, (_, n) =>
    measured("genomics", n / 6, `${7 + n / 90}`, { site: "6544" }),
  );
  await bill(...grown.slice(0, 100));
  await bill(...grown.slice(100));
  await bill(measured("genomics", 45, "121"), measured("genomics", 90, "128"));
  await bill(
    measured("Zoë's 🚀", 0, "100"),
    measured("Zoë's 🚀", 5, "110"),
    measured("Zoë's 🚀", 10, "40"),
  );
  await bill(
    measured("jobs", 0, "3", { metric: "jobs" }),
    measured("jobs", 61, "1", { metric: "jobs" }),
  );
  await bill(
    measured("gpus", 0, "2", { metric: "gpus" }),
    measured("gpus", 10, "0", { metric: "gpus" }),
  );
  const stored = await database.pool.query("select from segments");
  expect(stored.rowCount).toBeGreaterThan(0);
  await writeFile(
    new URL(`${name}.sql`, fixtures),
    await dumpDatabase(database.pool, await readMigrations(migrationsDirectory)),
  );
}

const wanted = process.env["WRITE_UPGRADE_FIXTURE"];
if (wanted) await writeFixture(wanted);

describe.each(await readdir(fixtures))("a database as it was left by %s", (file) => {
  test("is brought up to date with every credit as it was, and goes on being billed", async () => {
    await using database = await createDatabase();
    await database.pool.query(await readFile(new URL(file, fixtures), "utf8"));
    const used = async (project: string) =>
      Number((await readProjectCredits(database.pool, project))?.usedCredits);
    const projects = ["genomics", "Zoë's 🚀", "jobs", "gpus"];
    const expected = [10, 10, 8, 4 * (2 / 6)];

    await migrate(database.pool, await readMigrations(migrationsDirectory));
    for (const [index, project] of projects.entries()) {
      expect(await used(project)).toBeCloseTo(expected[index] ?? Number.NaN, 10);
    }
    const ledger = withLedger(database.pool);
    await billMeasurements(
      [measured("genomics", 100, "130"), measured("Zoë's 🚀", 15, "112")],
      ledger,
    );
    expect(await used("genomics")).toBe(12);
    expect(await used("Zoë's 🚀")).toBe(12);

    const half = { projectName: "genomics", grantedCredits: "24", actor: "ada", reason: "upgrade" };
    await setGrant(half, null, withGrants(database.pool));
    const scan = await limitScan(database.pool)(["50", "100"], begin);
    expect(scan).toEqual({ noticed: 1, rearmed: 0 });

    const verified = await verifyProjects(database.pool);
    expect(verified).toHaveLength(projects.length);
    expect(verified.filter(isDrifting)).toEqual([]);
  });
});
