import type pg from "pg";
import type { DecimalText } from "../../../billing/decimal.ts";
import { int4Array } from "../../database/queries/binary-array.ts";

export interface DropRow {
  readonly series_id: number;
  readonly peak_ms: number;
  readonly peak_value: DecimalText;
  readonly dropped_at_ms: number;
}

const text = `
  select series_id,
         round(date_part('epoch', open_peak_time) * 1000) as peak_ms,
         open_peak_value as peak_value,
         round(date_part('epoch', open_drop_time) * 1000) as dropped_at_ms
    from series_heads
   where series_id = any($1::int4[])
     and open_peak_time is not null`;

/** The open drops of those of these series that have one. */
export async function selectDrops(
  client: pg.ClientBase,
  seriesIds: readonly number[],
): Promise<readonly DropRow[]> {
  const { rows } = await client.query<DropRow>({
    name: "select-drops",
    text,
    values: [int4Array(seriesIds)],
  });
  return rows;
}
