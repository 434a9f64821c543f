import type pg from "pg";

/** A segment with all that is stored beside its bytes; times in Unix milliseconds. */
export interface SegmentRecordRow {
  readonly from_ms: number;
  readonly until_ms: number;
  readonly count: number;
  readonly samples: Buffer;
  /** The last step and the number of decimals of an open segment; null: the segment is sealed. */
  readonly step_ms: number | null;
  readonly decimals: number | null;
}

const text = `
  select round(date_part('epoch', from_time) * 1000) as from_ms,
         round(date_part('epoch', until_time) * 1000) as until_ms,
         count, samples, null::float8 as step_ms, null::int2 as decimals
    from segments
   where series_id = $1::int4
     and from_time >= coalesce((
           select from_time
             from segments
            where series_id = $1::int4
              and from_time <= $2::timestamptz
            order by from_time desc
            limit 1
         ), '-infinity')
   union all
  select round(date_part('epoch', segment_from) * 1000),
         round(date_part('epoch', last_time) * 1000),
         segment_count, segment, segment_step_ms::float8, segment_decimals
    from series_heads
   where series_id = $1::int4
     and segment_count > 0
   order by step_ms nulls first, from_ms`;

/**
 * The segments of a series in the order of their first times, the open one last; of those that begin
 * before an instant (Unix ms; null: none do) only the last.
 */
export async function selectSegmentRecords(
  client: pg.ClientBase,
  seriesId: number,
  sinceMs: number | null,
): Promise<readonly SegmentRecordRow[]> {
  const { rows } = await client.query<SegmentRecordRow>({
    name: "select-segment-records",
    text,
    values: [seriesId, sinceMs === null ? null : new Date(sinceMs)],
  });
  return rows;
}
