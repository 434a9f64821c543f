import type pg from "pg";
import { int4Array, timestamptzArray } from "../../database/queries/binary-array.ts";

const text = `
  insert into deep_dips (series_id, hour, count)
  select series_id, date_trunc('hour', healed_at, 'UTC'), count(*)
    from unnest($1::int4[], $2::timestamptz[]) as new (series_id, healed_at)
   group by 1, 2
   order by 1, 2
  on conflict (series_id, hour) do update
     set count = deep_dips.count + excluded.count,
         recorded_at = excluded.recorded_at`;

/** Counts dips by the hour in which they healed, Unix milliseconds. */
export async function upsertDeepDips(
  client: pg.ClientBase,
  dips: readonly { readonly seriesId: number; readonly healedMs: number }[],
): Promise<void> {
  await client.query({
    name: "upsert-deep-dips",
    text,
    values: [
      int4Array(dips.map(({ seriesId }) => seriesId)),
      timestamptzArray(dips.map(({ healedMs }) => healedMs)),
    ],
  });
}
