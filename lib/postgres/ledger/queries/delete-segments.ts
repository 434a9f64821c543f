import type pg from "pg";
import { int4Array, timestamptzArray } from "../../database/queries/binary-array.ts";

const text = `
  delete from segments
   using unnest($1::int4[], $2::timestamptz[]) as old (series_id, from_time)
   where segments.series_id = old.series_id
     and segments.from_time = old.from_time`;

/** Deletes segments that the same transaction writes anew; they are named by their first time, Unix ms. */
export async function deleteSegments(
  client: pg.ClientBase,
  segments: readonly { readonly seriesId: number; readonly fromMs: number }[],
): Promise<void> {
  await client.query({
    name: "delete-segments",
    text,
    values: [
      int4Array(segments.map(({ seriesId }) => seriesId)),
      timestamptzArray(segments.map(({ fromMs }) => fromMs)),
    ],
  });
}
