import type pg from "pg";
import type { DecimalText } from "../../../billing/decimal.ts";
import { toNumberArray } from "../../database/queries/number-array.ts";

export interface MeasurementRow {
  readonly series_id: number;
  readonly time_ms: number;
  readonly value: DecimalText;
}

const text = `
  select series_id, wanted.time_ms::float8 as time_ms, stored.value
    from unnest($1::int4[], $2::int8[]) as wanted (series_id, time_ms)
   cross join lateral (
           select value
             from measurements
            where measurements.series_id = wanted.series_id
              and time = timestamptz 'epoch' + wanted.time_ms * interval '1 millisecond'
         ) as stored`;

/** What is stored at exactly these times. */
export async function selectMeasurementsAt(
  client: pg.ClientBase,
  seriesIds: readonly number[],
  timesMs: readonly number[],
): Promise<readonly MeasurementRow[]> {
  const { rows } = await client.query<MeasurementRow>({
    name: "select-measurements-at",
    text,
    values: [toNumberArray(seriesIds), toNumberArray(timesMs)],
  });
  return rows;
}
