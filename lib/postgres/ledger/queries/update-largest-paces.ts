import type pg from "pg";
import { float8Array, int4Array } from "../../database/queries/binary-array.ts";

const text = `
  update series_heads
     set largest_pace = greatest(largest_pace, pace)
    from unnest($1::int4[], $2::float8[]) as new (series_id, pace)
   where series_heads.series_id = new.series_id`;

/** Notes that series rose faster than before, in units per hour. */
export async function updateLargestPaces(
  client: pg.ClientBase,
  paces: readonly { readonly seriesId: number; readonly largestPace: number }[],
): Promise<void> {
  await client.query({
    name: "update-largest-paces",
    text,
    values: [
      int4Array(paces.map(({ seriesId }) => seriesId)),
      float8Array(paces.map(({ largestPace }) => largestPace)),
    ],
  });
}
