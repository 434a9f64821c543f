import type pg from "pg";
import { int4Array } from "../../database/queries/binary-array.ts";

export interface DiscardRow {
  readonly series_id: number;
  readonly from_ms: number;
  readonly until_ms: number;
}

const text = `
  select series_id,
         round(date_part('epoch', from_time) * 1000) as from_ms,
         round(date_part('epoch', until_time) * 1000) as until_ms
    from discards
   where series_id = any($1::int4[])`;

/** The stretches that were discarded of these series. */
export async function selectDiscards(
  client: pg.ClientBase,
  seriesIds: readonly number[],
): Promise<readonly DiscardRow[]> {
  const { rows } = await client.query<DiscardRow>({
    name: "select-discards",
    text,
    values: [int4Array(seriesIds)],
  });
  return rows;
}
