import type pg from "pg";

const text = `
  update series
     set first_time = coalesce(
           (select min(from_time) from segments where segments.series_id = $1::int4),
           (select segment_from from series_heads where series_heads.series_id = $1::int4)
         )
   where series_id = $1::int4
     and floor_time is null`;

/** Notes anew when a series was measured first, after stored measurements were removed. */
export async function updateFirstTime(client: pg.ClientBase, seriesId: number): Promise<void> {
  await client.query({ name: "update-first-time", text, values: [seriesId] });
}
