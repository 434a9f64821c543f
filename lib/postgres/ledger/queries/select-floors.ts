import type pg from "pg";
import type { DecimalText } from "../../../billing/decimal.ts";
import { int4Array } from "../../database/queries/binary-array.ts";

export interface FloorRow {
  readonly series_id: number;
  readonly floor_time_ms: number;
  readonly floor_value: DecimalText;
}

const text = `
  select series_id, round(date_part('epoch', floor_time) * 1000) as floor_time_ms, floor_value
    from series
   where series_id = any($1::int4[])
     and floor_time is not null`;

/** The floors of those of these series that have one. */
export async function selectFloors(
  client: pg.ClientBase,
  seriesIds: readonly number[],
): Promise<readonly FloorRow[]> {
  const { rows } = await client.query<FloorRow>({
    name: "select-floors",
    text,
    values: [int4Array(seriesIds)],
  });
  return rows;
}
