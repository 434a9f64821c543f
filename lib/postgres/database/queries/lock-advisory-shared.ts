import type pg from "pg";
import { type AdvisoryLock, advisoryLocks } from "./lock-advisory.ts";

const text = "select pg_advisory_xact_lock_shared($1::int8)";

/** Takes the lock until the transaction ends, beside others that share it, after one that does not. */
export async function lockAdvisoryShared(client: pg.ClientBase, lock: AdvisoryLock): Promise<void> {
  await client.query({ name: "lock-advisory-shared", text, values: [advisoryLocks[lock]] });
}
