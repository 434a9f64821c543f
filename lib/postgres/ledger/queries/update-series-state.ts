import type pg from "pg";

export interface SeriesStateRow {
  readonly seriesId: number;
  readonly lastMs: number | null;
  /** Decimals as text. */
  readonly lastValue: string | null;
  readonly peakMs: number | null;
  readonly peakValue: string | null;
  readonly droppedAtMs: number | null;
}

const text = `
  update series
     set first_time = case when floor_time is not null then first_time
                           else (select min(time) from measurements where measurements.series_id = $1::int4) end,
         last_time = timestamptz 'epoch' + $2::int8 * interval '1 millisecond',
         last_value = $3::numeric,
         open_peak_time = timestamptz 'epoch' + $4::int8 * interval '1 millisecond',
         open_peak_value = $5::numeric,
         open_drop_time = timestamptz 'epoch' + $6::int8 * interval '1 millisecond'
   where series_id = $1::int4`;

/** Sets the state of a series anew after stored measurements were removed, or tariffs changed. */
export async function updateSeriesState(client: pg.ClientBase, row: SeriesStateRow): Promise<void> {
  await client.query({
    name: "update-series-state",
    text,
    values: [row.seriesId, row.lastMs, row.lastValue, row.peakMs, row.peakValue, row.droppedAtMs],
  });
}
