import type pg from "pg";
import { int4Array, timestamptzArray } from "../../database/queries/binary-array.ts";
import { openColumns, type SegmentRow, sealedColumns } from "./segment-rows.ts";

const text = `
  with wanted as (
    select series_id, time
      from unnest($1::int4[], $2::timestamptz[]) as wanted (series_id, time)
  ), sealed as (
    select distinct wanted.series_id, nearest.from_time
      from wanted
     cross join lateral (
             select from_time
               from segments
              where segments.series_id = wanted.series_id
                and from_time <= wanted.time
              order by from_time desc
              limit 1
           ) as nearest
  )
  select series_id, ${sealedColumns}
    from sealed
    join segments using (series_id, from_time)
  union all
  select series_id, ${openColumns}
    from series_heads
   where segment_from <= any (select time from wanted where wanted.series_id = series_heads.series_id)
     and series_id = any($1::int4[])
   order by series_id, from_ms`;

/**
 * For each of these instants (Unix ms) the last segment of the series that begins at or before it, each
 * segment once, in the order of series and time.
 */
export async function selectSegmentsAt(
  client: pg.ClientBase,
  seriesIds: readonly number[],
  timesMs: readonly number[],
): Promise<readonly SegmentRow[]> {
  const { rows } = await client.query<SegmentRow>({
    name: "select-segments-at",
    text,
    values: [int4Array(seriesIds), timestamptzArray(timesMs)],
  });
  return rows;
}
