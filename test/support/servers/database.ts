import { randomUUID } from "node:crypto";
import type pg from "pg";
import { databaseAt } from "../../../lib/postgres/database/database-settings.ts";
import { createPool } from "../../../lib/postgres/database/pool.ts";
import { dropDatabase, onServer } from "./on-server.ts";
import { databaseVariable, templateVariable } from "./servers.ts";
import { refuseConnections } from "./template-database.ts";

export interface TestDatabase extends AsyncDisposable {
  readonly url: string;
  readonly pool: pg.Pool;
  /** Ends all connections and takes no new ones, as far as a client can tell the server is away. */
  refuseConnections(): Promise<void>;
  acceptConnections(): Promise<void>;
}

/** An empty database of its own on the server of the tier. */
export const createDatabase = (connectionsMax?: number): Promise<TestDatabase> =>
  createFrom("template1", connectionsMax);

/** The same with all migrations applied. */
export const createMigratedDatabase = (connectionsMax?: number): Promise<TestDatabase> =>
  createFrom(given(templateVariable), connectionsMax);

async function createFrom(template: string, connectionsMax = 4): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  const server = given(databaseVariable);
  await onServer(server, `create database ${name} template ${template}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const pool = createPool(databaseAt({ connectionString: url.href }), {
    connectionsMax,
    statementTimeoutMs: 60_000,
  });
  // Tests let a hundred wait for four connections: longer than a function would, on a busy machine.
  pool.options.connectionTimeoutMillis = 60_000;
  return {
    url: url.href,
    pool,
    refuseConnections: () => refuseConnections(server, name),
    acceptConnections: () => onServer(server, `alter database ${name} allow_connections true`),
    async [Symbol.asyncDispose]() {
      await pool.end();
      await dropDatabase(server, name);
    },
  };
}

function given(variable: string): string {
  const value = process.env[variable];
  if (value === undefined) throw new Error(`${variable} is not set`);
  return value;
}
