import type pg from "pg";
import { databaseAt } from "../../lib/postgres/database/database-settings.ts";
import { createPool } from "../../lib/postgres/database/pool.ts";
import type { TestDatabase } from "./servers/database.ts";

/**
 * The indexes that the work reads where the planner has to take one: tables as small as a test's it
 * would rather read whole, and a partial index that a statement's conditions miss it can never take.
 */
export async function indexesUsed(
  { url }: TestDatabase,
  work: (pool: pg.Pool) => Promise<void>,
): Promise<readonly string[]> {
  const pool = createPool(databaseAt({ connectionString: url }), {
    connectionsMax: 1,
    statementTimeoutMs: 60_000,
  });
  try {
    const read = async () => {
      await pool.query("select pg_stat_force_next_flush()");
      const { rows } = await pool.query<{ name: string; scans: string }>(
        "select indexrelname as name, idx_scan as scans from pg_stat_user_indexes",
      );
      return new Map(rows.map(({ name, scans }) => [name, scans]));
    };
    await pool.query("set enable_seqscan = off");
    const before = await read();
    await work(pool);
    const after = await read();
    return [...after].filter(([name, scans]) => scans !== before.get(name)).map(([name]) => name);
  } finally {
    await pool.end();
  }
}
