import type pg from "pg";
import { int4Array } from "../../database/queries/binary-array.ts";

export interface ReratedRow {
  readonly series_id: number;
  readonly rerate_ids: readonly number[];
}

// The condition is that of an index, which is empty where nothing was ever re-rated.
const text = `
  select series_id, rerate_ids
    from series
   where rerate_ids <> '{}'
     and series_id = any($1::int4[])`;

/** Those of these series that were re-rated. */
export async function selectRerated(
  client: pg.ClientBase,
  seriesIds: readonly number[],
): Promise<readonly ReratedRow[]> {
  const { rows } = await client.query<ReratedRow>({
    name: "select-rerated",
    text,
    values: [int4Array(seriesIds)],
  });
  return rows;
}
