import type pg from "pg";

export interface MeasurementColumns {
  readonly seriesIds: readonly number[];
  readonly timesMs: readonly number[];
  /** Decimals as text. */
  readonly values: readonly string[];
}

const text = `
  insert into measurements (series_id, time, value)
  select series_id, timestamptz 'epoch' + time_ms * interval '1 millisecond', value
    from unnest($1::int4[], $2::int8[], $3::numeric[]) as new (series_id, time_ms, value)
  on conflict (series_id, time) do update set value = excluded.value`;

/** Stores new measurements, and the lower value where one is stored at the same time. */
export async function upsertMeasurements(
  client: pg.ClientBase,
  { seriesIds, timesMs, values }: MeasurementColumns,
): Promise<void> {
  await client.query({ name: "upsert-measurements", text, values: [seriesIds, timesMs, values] });
}
