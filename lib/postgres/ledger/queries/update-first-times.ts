import type pg from "pg";
import { toNumberArray } from "../../database/queries/number-array.ts";

const text = `
  update series
     set first_time = timestamptz 'epoch' + time_ms * interval '1 millisecond'
    from unnest($1::int4[], $2::int8[]) as new (series_id, time_ms)
   where series.series_id = new.series_id
     and (first_time is null or first_time > timestamptz 'epoch' + time_ms * interval '1 millisecond')`;

/** Notes when a series was measured first, where that is earlier than what is known; Unix ms. */
export async function updateFirstTimes(
  client: pg.ClientBase,
  seriesIds: readonly number[],
  timesMs: readonly number[],
): Promise<void> {
  await client.query({
    name: "update-first-times",
    text,
    values: [toNumberArray(seriesIds), toNumberArray(timesMs)],
  });
}
