import { databaseAt } from "../../../lib/postgres/database/database-settings.ts";
import { withPool } from "../../../lib/postgres/database/pool.ts";

/** Runs one statement on a connection of its own: what is done to databases from outside. */
export async function onServer(connectionString: string, statement: string): Promise<void> {
  const limits = { connectionsMax: 1, statementTimeoutMs: 60_000 };
  await withPool(databaseAt({ connectionString }), limits, (pool) => pool.query(statement));
}

/**
 * Ends all connections to a database. Autovacuum's only a superuser may end; a database that is copied or
 * dropped ends it by itself.
 */
export const endConnections = (server: string, name: string): Promise<void> =>
  onServer(
    server,
    `select pg_terminate_backend(pid, 5000) from pg_stat_activity
      where datname = '${name}' and backend_type <> 'autovacuum worker'`,
  );

/** Drops a database, also one that killed processes are still connected to. */
export async function dropDatabase(server: string, name: string): Promise<void> {
  await endConnections(server, name);
  await onServer(server, `drop database ${name}`);
}
