import type pg from "pg";

const text = `
  insert into converted_heads (series_id, last_time, last_value, open_peak_time, open_peak_value, open_drop_time,
                               hour_usage, hour_credits)
  select series.series_id, last_time, last_value, open_peak_time, open_peak_value, open_drop_time,
         coalesce(usage, 0), coalesce(credits, 0)
    from series
    left join hourly_cost_rows
           on hourly_cost_rows.series_id = series.series_id
          and hour = date_trunc('hour', last_time, 'UTC')
   where not exists (
           select from converted_heads where converted_heads.series_id = series.series_id
         )`;

/** The heads of all series, from what their rows and the hours of their last measurements hold. */
export async function insertConvertedHeads(client: pg.ClientBase): Promise<void> {
  await client.query({ name: "insert-converted-heads", text });
}
