import type pg from "pg";
import { int4Array, timestamptzArray } from "../../database/queries/binary-array.ts";

const text = `
  update series
     set first_time = new.time
    from unnest($1::int4[], $2::timestamptz[]) as new (series_id, time)
   where series.series_id = new.series_id
     and (first_time is null or first_time > new.time)`;

/** Notes when a series was measured first, where that is earlier than what is known; Unix ms. */
export async function updateFirstTimes(
  client: pg.ClientBase,
  seriesIds: readonly number[],
  timesMs: readonly number[],
): Promise<void> {
  await client.query({
    name: "update-first-times",
    text,
    values: [int4Array(seriesIds), timestamptzArray(timesMs)],
  });
}
