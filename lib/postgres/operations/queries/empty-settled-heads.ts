import type pg from "pg";

const text = `
  update series_heads
     set segment_from = null, segment_count = 0, segment_step_ms = 0, segment_decimals = 0, segment = ''
    from series
   where series_heads.series_id = any($1::int4[])
     and series.series_id = series_heads.series_id
     and last_time <= floor_time`;

/** Removes the samples in the heads of those of these series that end at their floor. */
export async function emptySettledHeads(
  client: pg.ClientBase,
  seriesIds: readonly number[],
): Promise<void> {
  await client.query({ name: "empty-settled-heads", text, values: [seriesIds] });
}
