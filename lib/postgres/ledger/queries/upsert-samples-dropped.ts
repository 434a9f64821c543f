import type pg from "pg";
import { timestamptzArray } from "../../database/queries/binary-array.ts";

export interface DroppedColumns {
  readonly keyIds: readonly string[];
  /** Unix milliseconds. */
  readonly timesMs: readonly number[];
  readonly reasons: readonly string[];
  readonly counts: readonly number[];
}

const text = `
  insert into samples_dropped (key_id, hour, reason, count)
  select key_id, date_trunc('hour', time, 'UTC') as hour,
         reason, sum(count)
    from unnest($1::text[], $2::timestamptz[], $3::text[], $4::int8[])
           as new (key_id, time, reason, count)
   group by key_id, hour, reason
   order by key_id, hour, reason
  on conflict (key_id, hour, reason) do update
     set count = samples_dropped.count + excluded.count,
         recorded_at = now()`;

/** In the order of the key, so that two billers that count for the same keys wait instead of deadlocking. */
export async function upsertSamplesDropped(
  client: pg.ClientBase,
  { keyIds, timesMs, reasons, counts }: DroppedColumns,
): Promise<void> {
  await client.query({
    name: "upsert-samples-dropped",
    text,
    values: [keyIds, timestamptzArray(timesMs), reasons, counts],
  });
}
