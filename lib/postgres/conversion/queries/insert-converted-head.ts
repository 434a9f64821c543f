import type pg from "pg";

/** The open segment of a head; an empty one has no samples. */
export interface ConvertedSegment {
  readonly from: Date | null;
  readonly count: number;
  readonly stepMs: number;
  readonly decimals: number;
  readonly bytes: Uint8Array;
}

const text = `
  insert into converted_heads (series_id, last_time, last_value, open_peak_time, open_peak_value, open_drop_time,
                               hour_usage, hour_credits,
                               segment_from, segment_count, segment_step_ms, segment_decimals, segment)
  select series.series_id, last_time, last_value, open_peak_time, open_peak_value, open_drop_time,
         coalesce(usage, 0), coalesce(credits, 0),
         $2::timestamptz, $3::int2, $4::int8, $5::int2, $6::bytea
    from series
    left join hourly_cost_rows
           on hourly_cost_rows.series_id = series.series_id
          and hour = date_trunc('hour', last_time, 'UTC')
   where series.series_id = $1::int4`;

/** The head of a series, from what its row and the hour of its last measurement hold. */
export async function insertConvertedHead(
  client: pg.ClientBase,
  seriesId: number,
  { from, count, stepMs, decimals, bytes }: ConvertedSegment,
): Promise<void> {
  await client.query({
    name: "insert-converted-head",
    text,
    values: [seriesId, from, count, stepMs, decimals, Buffer.from(bytes)],
  });
}
