import type pg from "pg";
import type { DecimalText } from "../../../billing/decimal.ts";

export interface NewSeriesState {
  readonly seriesId: number;
  readonly lastMs: number | null;
  readonly lastValue: DecimalText | null;
  readonly peakMs: number | null;
  readonly peakValue: DecimalText | null;
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
export async function updateSeriesState(
  client: pg.ClientBase,
  state: NewSeriesState,
): Promise<void> {
  const { seriesId, lastMs, lastValue, peakMs, peakValue, droppedAtMs } = state;
  await client.query({
    name: "update-series-state",
    text,
    values: [seriesId, lastMs, lastValue, peakMs, peakValue, droppedAtMs],
  });
}
