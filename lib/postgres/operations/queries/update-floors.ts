import type pg from "pg";
import type { DecimalText } from "../../../billing/decimal.ts";
import { timestamptzArray } from "../../database/queries/binary-array.ts";

export interface FloorColumns {
  readonly seriesIds: readonly number[];
  readonly timesMs: readonly number[];
  readonly values: readonly DecimalText[];
  readonly usages: readonly DecimalText[];
  readonly credits: readonly DecimalText[];
}

const text = `
  update series
     set floor_time = new.time,
         floor_value = new.value,
         floor_usage = new.usage,
         floor_credits = new.credits
    from unnest($1::int4[], $2::timestamptz[], $3::numeric[], $4::numeric[], $5::numeric[])
           as new (series_id, time, value, usage, credits)
   where series.series_id = new.series_id`;

/** From the end of this transaction on the series begin there. */
export async function updateFloors(
  client: pg.ClientBase,
  { seriesIds, timesMs, values, usages, credits }: FloorColumns,
): Promise<void> {
  await client.query({
    name: "update-floors",
    text,
    values: [seriesIds, timestamptzArray(timesMs), values, usages, credits],
  });
}
