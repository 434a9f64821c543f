import type { Queryable } from "../../database/pool.ts";

const text = `
  delete from segments
   using (
           select segments.series_id, segments.from_time
             from series
             join segments on segments.series_id = series.series_id
                          and segments.from_time <= series.floor_time
            where segments.until_time <= series.floor_time
            limit $1::int8
         ) as settled
   where segments.series_id = settled.series_id
     and segments.from_time = settled.from_time`;

/** Deletes at most so many segments that lie as a whole at or before their series' floor. */
export async function deleteSettledSegments(client: Queryable, limit: number): Promise<number> {
  const { rowCount } = await client.query({
    name: "delete-settled-segments",
    text,
    values: [limit],
  });
  return rowCount ?? 0;
}
