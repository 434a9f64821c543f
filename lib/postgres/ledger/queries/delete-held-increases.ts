import type pg from "pg";
import { int4Array, timestamptzArray } from "../../database/queries/binary-array.ts";

const text = `
  delete from held_increases
   using unnest($1::int4[], $2::timestamptz[]) as gone (series_id, from_time)
   where held_increases.series_id = gone.series_id
     and held_increases.from_time = gone.from_time`;

/** Deletes held increases by their beginnings, Unix milliseconds. */
export async function deleteHeldIncreases(
  client: pg.ClientBase,
  gone: readonly { readonly seriesId: number; readonly fromMs: number }[],
): Promise<void> {
  await client.query({
    name: "delete-held-increases",
    text,
    values: [
      int4Array(gone.map(({ seriesId }) => seriesId)),
      timestamptzArray(gone.map(({ fromMs }) => fromMs)),
    ],
  });
}
