import type pg from "pg";

const lock = "lock table series in share row exclusive mode";

const isHypertable = `
  select exists (select from pg_extension where extname = 'timescaledb') as yes`;

const bound = `
  select (extract(epoch from least(
           timestamptz 'epoch' + $1::int8 * interval '1 millisecond',
           min(case when floor_time is null then first_time
                    when last_time > floor_time then floor_time end)
         )) * 1000)::int8 as bound_ms
    from series`;

const drop = `
  select drop_chunks('measurements',
                     older_than => timestamptz 'epoch' + $1::int8 * interval '1 millisecond')`;

/**
 * Drops the chunks of measurements that lie before the horizon (Unix ms) and before the floor of every
 * series that goes on after it, and tells how many. The lock lets no biller store a first, late
 * measurement in a chunk that is about to go.
 */
export async function dropChunks(client: pg.ClientBase, horizonMs: number): Promise<number> {
  const { rows: extension } = await client.query<{ yes: boolean }>(isHypertable);
  if (extension[0]?.yes !== true) return 0;
  await client.query("set local lock_timeout = '10s'");
  await client.query(lock);
  const { rows } = await client.query<{ bound_ms: string }>(bound, [horizonMs]);
  const dropped = await client.query(drop, [rows[0]?.bound_ms]);
  return dropped.rows.length;
}
