import type pg from "pg";
import type { DecimalText } from "../../../billing/decimal.ts";
import { toNumberArray } from "../../database/queries/number-array.ts";

export interface MeasurementColumns {
  readonly seriesIds: number[];
  readonly timesMs: number[];
  readonly values: DecimalText[];
}

const text = `
  insert into measurements (series_id, time, value)
  select series_id, timestamptz 'epoch' + time_ms * interval '1 millisecond', value
    from unnest($1::int4[], $2::int8[], $3::numeric[]) as new (series_id, time_ms, value)`;

/**
 * Stores measurements at times at which nothing is stored. Who holds the project's lock knows that;
 * if it were ever wrong, the key would refuse the batch rather than bill a measurement twice. Looking
 * for conflicts first, as `upsertMeasurements` does, takes twice as long.
 */
export async function insertMeasurements(
  client: pg.ClientBase,
  { seriesIds, timesMs, values }: MeasurementColumns,
): Promise<void> {
  await client.query({
    name: "insert-measurements",
    text,
    values: [toNumberArray(seriesIds), toNumberArray(timesMs), toNumberArray(values)],
  });
}
