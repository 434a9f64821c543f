import type pg from "pg";
import type { DecimalText } from "../../../billing/decimal.ts";
import { timestamptzArray } from "../../database/queries/binary-array.ts";

export interface ConflictColumns {
  readonly seriesIds: readonly number[];
  readonly timesMs: readonly number[];
  readonly kept: readonly DecimalText[];
  readonly refused: readonly DecimalText[];
}

const text = `
  insert into measurement_conflicts (series_id, hour, time, kept, refused, count)
  select distinct on (series_id, hour)
         series_id, hour, time, kept, refused, count(*) over (partition by series_id, hour)
    from unnest($1::int4[], $2::timestamptz[], $3::numeric[], $4::numeric[])
           as new (series_id, time, kept, refused)
   cross join lateral (
           select date_trunc('hour', time, 'UTC') as hour
         ) as of_hour
   order by series_id, hour, time desc
  on conflict (series_id, hour) do update
     set time = excluded.time,
         kept = excluded.kept,
         refused = excluded.refused,
         count = measurement_conflicts.count + excluded.count,
         recorded_at = now()`;

/** One row per series and hour bounds what a sender that contradicts itself for days can leave behind. */
export async function upsertMeasurementConflicts(
  client: pg.ClientBase,
  { seriesIds, timesMs, kept, refused }: ConflictColumns,
): Promise<void> {
  await client.query({
    name: "upsert-measurement-conflicts",
    text,
    values: [seriesIds, timestamptzArray(timesMs), kept, refused],
  });
}
