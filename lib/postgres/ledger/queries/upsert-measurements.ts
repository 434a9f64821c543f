import type pg from "pg";
import { toNumberArray } from "../../database/queries/number-array.ts";
import type { MeasurementColumns } from "./insert-measurements.ts";

const text = `
  insert into measurements (series_id, time, value)
  select series_id, timestamptz 'epoch' + time_ms * interval '1 millisecond', value
    from unnest($1::int4[], $2::int8[], $3::numeric[]) as new (series_id, time_ms, value)
  on conflict (series_id, time) do update set value = excluded.value`;

/** Stores measurements of which another value may be stored at the same time, which they replace. */
export async function upsertMeasurements(
  client: pg.ClientBase,
  { seriesIds, timesMs, values }: MeasurementColumns,
): Promise<void> {
  await client.query({
    name: "upsert-measurements",
    text,
    values: [toNumberArray(seriesIds), toNumberArray(timesMs), toNumberArray(values)],
  });
}
