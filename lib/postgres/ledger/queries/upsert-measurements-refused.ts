import type pg from "pg";
import type { DecimalText } from "../../../billing/decimal.ts";
import { timestamptzArray } from "../../database/queries/binary-array.ts";

export interface RefusedColumns {
  readonly seriesIds: readonly number[];
  readonly timesMs: readonly number[];
  readonly values: readonly DecimalText[];
  readonly reasons: readonly string[];
}

const text = `
  insert into measurements_refused (series_id, hour, reason, time, value, count)
  select distinct on (series_id, hour, reason)
         series_id, hour, reason, time, value, count(*) over (partition by series_id, hour, reason)
    from unnest($1::int4[], $2::timestamptz[], $3::numeric[], $4::text[])
           as new (series_id, time, value, reason)
   cross join lateral (
           select date_trunc('hour', time, 'UTC') as hour
         ) as of_hour
   order by series_id, hour, reason, time desc
  on conflict (series_id, hour, reason) do update
     set time = excluded.time,
         value = excluded.value,
         count = measurements_refused.count + excluded.count,
         recorded_at = now()`;

/** One row per series, hour and reason bounds what a sender that repeats itself can leave behind. */
export async function upsertMeasurementsRefused(
  client: pg.ClientBase,
  { seriesIds, timesMs, values, reasons }: RefusedColumns,
): Promise<void> {
  await client.query({
    name: "upsert-measurements-refused",
    text,
    values: [seriesIds, timestamptzArray(timesMs), values, reasons],
  });
}
