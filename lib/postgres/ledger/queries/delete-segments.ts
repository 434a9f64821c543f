import type pg from "pg";
import { toNumberArray } from "../../database/queries/number-array.ts";

const text = `
  delete from segments
   using unnest($1::int4[], $2::int8[]) as old (series_id, from_ms)
   where segments.series_id = old.series_id
     and from_time = timestamptz 'epoch' + from_ms * interval '1 millisecond'`;

/** Deletes segments that the same transaction writes anew; they are named by their first time, Unix ms. */
export async function deleteSegments(
  client: pg.ClientBase,
  segments: readonly { readonly seriesId: number; readonly fromMs: number }[],
): Promise<void> {
  await client.query({
    name: "delete-segments",
    text,
    values: [
      toNumberArray(segments.map(({ seriesId }) => seriesId)),
      toNumberArray(segments.map(({ fromMs }) => fromMs)),
    ],
  });
}
