import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";

/** Whether the work comes to wait for a lock in this database; false where it ends without. */
export async function isBlocked(pool: pg.Pool, work: Promise<unknown>): Promise<boolean> {
  let isDone = false;
  const done = () => {
    isDone = true;
  };
  work.then(done, done);
  while (!isDone) {
    const { rows } = await pool.query(
      `select from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`,
    );
    if (rows.length > 0) return true;
    await sleep(5);
  }
  return false;
}
