import { randomUUID } from "node:crypto";
import type pg from "pg";
import { createPool } from "../../../lib/postgres/database/pool.ts";
import { migrate, readMigrations } from "../../../lib/postgres/migrate.ts";
import { onServer } from "./on-server.ts";
import { databaseVariable } from "./servers.ts";

export const migrationsDirectory = new URL("../../../lib/postgres/migrations/", import.meta.url);

export interface TestDatabase extends AsyncDisposable {
  readonly url: string;
  readonly pool: pg.Pool;
  /** Ends all connections and takes no new ones, as far as a client can tell the server is away. */
  refuseConnections(): Promise<void>;
  acceptConnections(): Promise<void>;
}

/** An empty database of its own on the server of the tier. */
export async function createDatabase(connectionsMax = 4): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  const server = process.env[databaseVariable];
  if (server === undefined) throw new Error(`${databaseVariable} is not set`);
  await onServer(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const pool = createPool(
    { connectionString: url.href },
    { connectionsMax, statementTimeoutMs: 60_000 },
  );
  // Tests let a hundred wait for four connections: longer than a function would, on a busy machine.
  pool.options.connectionTimeoutMillis = 60_000;
  return {
    url: url.href,
    pool,
    async refuseConnections() {
      await onServer(server, `alter database ${name} allow_connections false`);
      await onServer(
        server,
        `select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '${name}'`,
      );
    },
    acceptConnections: () => onServer(server, `alter database ${name} allow_connections true`),
    async [Symbol.asyncDispose]() {
      await pool.end();
      await onServer(server, `drop database ${name} with (force)`);
    },
  };
}

export async function createMigratedDatabase(connectionsMax?: number): Promise<TestDatabase> {
  const database = await createDatabase(connectionsMax);
  await migrate(database.pool, await readMigrations(migrationsDirectory));
  return database;
}
