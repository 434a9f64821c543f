import type pg from "pg";

/** Jobs that run one at a time. The numbers are arbitrary and ours: "osc1" to "osc5" in ASCII. */
export const advisoryLocks = {
  /** Migrations that start at once. */
  migration: 0x6f736331,
  /** Scans of the limits that overlap: both would see the same crossing. */
  limitScan: 0x6f736332,
  /** Watches of the sites that overlap: both would see the same silence. */
  siteWatch: 0x6f736333,
  /** Watches of the counters that overlap: both would see the same doubt. */
  counterWatch: 0x6f736335,
  /** While a channel is disabled no run gives it deliveries: they would be due there, and seen by nobody. */
  channelDisabling: 0x6f736334,
} as const;

export type AdvisoryLock = keyof typeof advisoryLocks;

const text = "select pg_advisory_xact_lock($1::int8)";

/** Takes the lock until the transaction ends, after everyone who holds it. */
export async function lockAdvisory(client: pg.ClientBase, lock: AdvisoryLock): Promise<void> {
  await client.query({ name: "lock-advisory", text, values: [advisoryLocks[lock]] });
}
