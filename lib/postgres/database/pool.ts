import pg from "pg";
import type { DatabaseSettings, DatabaseSource } from "./database-settings.ts";

export type Pool = pg.Pool;

/** Either takes a statement: one connection, or a pool on any of its own. */
export type Queryable = pg.ClientBase | pg.Pool;

export interface PoolLimits {
  /** A Lambda instance serves one event at a time, so one or two connections are all it can use. */
  readonly connectionsMax: number;
  readonly statementTimeoutMs: number;
}

/** A pool that opens no connection yet: the first query asks the source and does. */
export function createPool(source: DatabaseSource, limits: PoolLimits): Pool {
  const pool = new SourcedPool(source, {
    max: limits.connectionsMax,
    statement_timeout: limits.statementTimeoutMs,
    idle_in_transaction_session_timeout: limits.statementTimeoutMs,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    // A statement is sent at once, also while another one of its transaction is under way.
    pipeline: true,
    application_name: "openstack-credits",
    options: "-c timezone=UTC",
  });
  // A connection that the server closes, idle or between two queries, is an event first: unheard, it
  // would end the process. The next query fails by itself and says why.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}

/** Does the work on a pool that is closed behind it, whatever happens. */
export async function withPool<T>(
  source: DatabaseSource,
  limits: PoolLimits,
  work: (pool: Pool) => Promise<T>,
): Promise<T> {
  const pool = createPool(source, limits);
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
}

type Connected = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  done: (error?: Error | boolean) => void,
) => void;

/**
 * Asks the source before it opens a connection. Where the login is refused it asks again, for the
 * password may have been changed since, and tries once more if it was.
 */
class SourcedPool extends pg.Pool {
  readonly #source: DatabaseSource;

  constructor(source: DatabaseSource, config: pg.PoolConfig) {
    super(config);
    this.#source = source;
  }

  /** `query` calls it with a callback. */
  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): Promise<pg.PoolClient> | undefined {
    const connected = this.#connect();
    if (callback === undefined) return connected;
    connected.then(
      (client) => callback(undefined, client, client.release),
      (error) => callback(error, undefined, () => {}),
    );
    return undefined;
  }

  async #connect(): Promise<pg.PoolClient> {
    if (this.idleCount > 0) return super.connect();
    const settings = await this.#source();
    try {
      return await this.#open(settings);
    } catch (error) {
      if (!isLoginRefused(error)) throw error;
      const changed = await this.#source({ again: true });
      if (changed === settings) throw error;
      return this.#open(changed);
    }
  }

  #open(settings: DatabaseSettings): Promise<pg.PoolClient> {
    // Read for each new connection.
    Object.assign(this.options, settings);
    return super.connect();
  }
}

/** Class 28 of SQLSTATE: invalid authorization, a wrong password among them. */
const isLoginRefused = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && error.code?.startsWith("28") === true;
