import type pg from "pg";
import { openColumns, type SegmentRow, sealedColumns } from "../../ledger/queries/segment-rows.ts";

export interface SegmentsAfter {
  readonly seriesId: number;
  /** Both inclusive, Unix ms. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** The first time of the segment that was read last; null: none. */
  readonly afterMs: number | null;
}

const text = `
  select $1::int4 as series_id, stored.*
    from (
           select $2::timestamptz as "from",
                  $3::timestamptz as "until",
                  coalesce($4::timestamptz, '-infinity') as "after"
         ) as bounds
   cross join lateral (
           (select ${sealedColumns}
              from segments
             where segments.series_id = $1::int4
               and from_time <= bounds."until"
               and from_time > bounds."after"
               and from_time >= coalesce(
                     (select max(from_time)
                        from segments
                       where segments.series_id = $1::int4
                         and from_time <= bounds."from"),
                     bounds."from")
             order by from_time
             limit $5::int4)
           union all
           (select ${openColumns}
              from series_heads
             where series_heads.series_id = $1::int4
               and segment_from <= bounds."until"
               and segment_from > bounds."after")
         ) as stored
   order by from_ms
   limit $5::int4`;

/** The next segments of a series that may hold samples of the range, in the order of time. */
export async function selectSegmentsAfter(
  client: pg.ClientBase,
  { seriesId, fromMs, untilMs, afterMs }: SegmentsAfter,
  limit: number,
): Promise<readonly SegmentRow[]> {
  const after = afterMs === null ? null : new Date(afterMs);
  const { rows } = await client.query<SegmentRow>({
    name: "select-segments-after",
    text,
    values: [seriesId, new Date(fromMs), new Date(untilMs), after, limit],
  });
  return rows;
}
