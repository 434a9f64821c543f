import { databaseAt } from "../../../lib/postgres/database/database-settings.ts";
import { withPool } from "../../../lib/postgres/database/pool.ts";

/** Runs one statement on a connection of its own: what is done to databases from outside. */
export async function onServer(connectionString: string, statement: string): Promise<void> {
  const limits = { connectionsMax: 1, statementTimeoutMs: 60_000 };
  await withPool(databaseAt({ connectionString }), limits, (pool) => pool.query(statement));
}
