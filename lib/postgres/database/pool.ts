import pg from "pg";

export type Pool = pg.Pool;

/** Whatever takes a statement: one connection, or any of a pool. */
export type Queryable = pg.ClientBase | pg.Pool;

/** How to reach the database; `connectionString` excludes the rest. */
export interface DatabaseSettings {
  readonly connectionString?: string;
  readonly host?: string;
  readonly port?: number;
  readonly database?: string;
  readonly user?: string;
  readonly password?: string;
}

export interface PoolLimits {
  /** A Lambda instance serves one event at a time, so one or two connections are all it can use. */
  readonly connectionsMax: number;
  readonly statementTimeoutMs: number;
}

/** Opens no connection yet: the first query does. */
export function createPool(settings: DatabaseSettings, limits: PoolLimits): Pool {
  const pool = new pg.Pool({
    ...settings,
    max: limits.connectionsMax,
    statement_timeout: limits.statementTimeoutMs,
    idle_in_transaction_session_timeout: limits.statementTimeoutMs,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    application_name: "openstack-credits",
    options: "-c timezone=UTC",
  });
  // A connection that the server closes, idle or between two queries, is an event first: unheard, it
  // would end the process. The next query fails by itself and says why.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}
