import { randomUUID } from "node:crypto";
import type pg from "pg";
import type { Measurement } from "../../lib/billing/measurement.ts";
import { databaseAt } from "../../lib/postgres/database/database-settings.ts";
import { createPool } from "../../lib/postgres/database/pool.ts";
import { withLedger } from "../../lib/postgres/ledger/billing-ledger.ts";
import { prepareDatabase } from "../../lib/postgres/prepare-database.ts";
import { parseMetricSettings } from "../../lib/settings/metrics.ts";
import { billMeasurements } from "../support/ledger/bill-measurements.ts";
import { METRICS_TO_BILL } from "./billing/workload.ts";

const migrations = new URL("../../lib/postgres/migrations/", import.meta.url);

export interface BenchDatabase extends AsyncDisposable {
  readonly url: string;
  readonly pool: pg.Pool;
  bill(measurements: readonly Measurement[]): Promise<void>;
}

/** A pool of one connection: figures are per connection. */
export const connect = (url: string) =>
  createPool(databaseAt({ connectionString: url }), {
    connectionsMax: 1,
    statementTimeoutMs: 3_600_000,
  });

/** A migrated database of its own, dropped at the end. */
export async function createBenchDatabase(serverUrl: string): Promise<BenchDatabase> {
  const name = `bench_${randomUUID().replaceAll("-", "")}`;
  await onServer(serverUrl, `create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const pool = connect(url.href);
  await prepareDatabase(pool, migrations, parseMetricSettings(METRICS_TO_BILL), "bench");
  const ledger = withLedger(pool);
  return {
    url: url.href,
    pool,
    bill: (measurements) => billMeasurements(measurements, ledger),
    async [Symbol.asyncDispose]() {
      await pool.end();
      // `with (force)` would have to end autovacuum, too, which only a superuser may: without it the server
      // does so by itself, and waits five seconds for connections that are closing.
      await onServer(serverUrl, `drop database ${name}`);
    },
  };
}

async function onServer(url: string, statement: string): Promise<void> {
  const pool = connect(url);
  try {
    await pool.query(statement);
  } finally {
    await pool.end();
  }
}
