import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { Unavailable } from "../../usecases/unavailable.ts";
import { isTransactionConflict, toUnavailable } from "./errors.ts";
import type { Pool } from "./pool.ts";

const triesMax = 5;

/**
 * Runs the work in one transaction at READ COMMITTED and repeats it whole after a deadlock or a
 * serialization failure, for which PostgreSQL has rolled back one side only to let it try again.
 * Throws `Unavailable` where the database cannot be reached or is overloaded.
 */
export async function inTransaction<T>(
  pool: Pool,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await tryOnce(pool, work, "read committed");
    } catch (error) {
      if (!isTransactionConflict(error)) throw toUnavailable(error) ?? error;
      if (tries === triesMax) {
        throw new Unavailable("transactions keep conflicting", { cause: error });
      }
      await sleep(Math.random() * 20 * 2 ** tries);
    }
  }
}

/** Runs reads that must agree with each other: all of them see the database as of one instant. */
export async function inSnapshot<T>(
  pool: Pool,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  try {
    return await tryOnce(pool, work, "repeatable read, read only");
  } catch (error) {
    throw toUnavailable(error) ?? error;
  }
}

async function tryOnce<T>(
  pool: Pool,
  work: (client: pg.PoolClient) => Promise<T>,
  isolation: string,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query(`begin isolation level ${isolation}`);
    const result = await work(client);
    await client.query("commit");
    return result;
  } catch (error) {
    // A connection that cannot even roll back is not given back to the pool.
    await client.query("rollback").catch((cause) => {
      broken = new Error("rollback failed", { cause });
    });
    throw error;
  } finally {
    client.release(broken);
  }
}
