import type pg from "pg";
import { int4Array } from "../../database/queries/binary-array.ts";

const text = `
  update series_heads
     set key_before = coalesce(last_key, key_before),
         last_key = new.key_id
    from unnest($1::int4[], $2::text[]) as new (series_id, key_id)
   where series_heads.series_id = new.series_id`;

/** Notes that another key than before has reported these series. */
export async function updateLastKeys(
  client: pg.ClientBase,
  keys: readonly { readonly seriesId: number; readonly keyId: string }[],
): Promise<void> {
  await client.query({
    name: "update-last-keys",
    text,
    values: [int4Array(keys.map(({ seriesId }) => seriesId)), keys.map(({ keyId }) => keyId)],
  });
}
