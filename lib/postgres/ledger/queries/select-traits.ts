import type pg from "pg";
import { int4Array } from "../../database/queries/binary-array.ts";

export interface TraitsRow {
  readonly series_id: number;
  readonly largest_pace: number;
  readonly last_key: string | null;
}

const text = `
  select series_id, largest_pace, last_key
    from series_heads
   where series_id = any($1::int4[])`;

/** What a biller remembers of series from one message to the next, in any order. */
export async function selectTraits(
  client: pg.ClientBase,
  seriesIds: readonly number[],
): Promise<readonly TraitsRow[]> {
  const { rows } = await client.query<TraitsRow>({
    name: "select-traits",
    text,
    values: [int4Array(seriesIds)],
  });
  return rows;
}
