import type pg from "pg";
import type { DecimalText } from "../../../billing/decimal.ts";
import { int4Array } from "../../database/queries/binary-array.ts";

/** Where a series stands, but not the bytes of its open segment. */
export interface HeadRow {
  readonly series_id: number;
  readonly last_time_ms: number | null;
  readonly last_value: DecimalText | null;
  readonly has_open_drop: boolean;
  /** 0: there is no open segment. */
  readonly segment_count: number;
  readonly segment_step_ms: number;
  readonly segment_decimals: number;
}

/**
 * The columns of a `HeadRow`. `date_part` counts in float8, exact to the millisecond once rounded, at a
 * fraction of the cost of the numeric that `extract` makes.
 */
export const headColumns = `
         series_id,
         round(date_part('epoch', last_time) * 1000) as last_time_ms,
         last_value,
         open_peak_time is not null as has_open_drop,
         segment_count,
         segment_step_ms::float8,
         segment_decimals`;

const text = `
  select${headColumns}
    from series_heads
   where series_id = any($1::int4[])`;

/**
 * Where these series stand, in any order. Every scrape reads them all, so what is rarely needed is read by
 * other statements: a join with the table of series alone would double the time.
 */
export async function selectHeads(
  client: pg.ClientBase,
  seriesIds: readonly number[],
): Promise<readonly HeadRow[]> {
  const { rows } = await client.query<HeadRow>({
    name: "select-heads",
    text,
    values: [int4Array(seriesIds)],
  });
  return rows;
}
