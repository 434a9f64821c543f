import type pg from "pg";
import type { DecimalText } from "../../../billing/decimal.ts";
import { toNumberArray } from "../../database/queries/number-array.ts";

export interface SeriesStateColumns {
  readonly seriesIds: readonly number[];
  readonly firstTimesMs: readonly number[];
  readonly lastTimesMs: readonly number[];
  readonly lastValues: readonly DecimalText[];
  readonly openPeakTimesMs: readonly (number | null)[];
  readonly openPeakValues: readonly (DecimalText | null)[];
  readonly openDropTimesMs: readonly (number | null)[];
}

const text = `
  update series
     set first_time = least(first_time, timestamptz 'epoch' + first_time_ms * interval '1 millisecond'),
         last_time = timestamptz 'epoch' + last_time_ms * interval '1 millisecond',
         last_value = new.last_value,
         open_peak_time = timestamptz 'epoch' + open_peak_time_ms * interval '1 millisecond',
         open_peak_value = new.open_peak_value,
         open_drop_time = timestamptz 'epoch' + open_drop_time_ms * interval '1 millisecond'
    from unnest($1::int4[], $2::int8[], $3::int8[], $4::numeric[], $5::int8[], $6::numeric[], $7::int8[])
           as new (series_id, first_time_ms, last_time_ms, last_value,
                   open_peak_time_ms, open_peak_value, open_drop_time_ms)
   where series.series_id = new.series_id`;

/** Advances the series: `least` ignores null, so the first booking sets the first time. */
export async function updateSeries(
  client: pg.ClientBase,
  state: SeriesStateColumns,
): Promise<void> {
  await client.query({
    name: "update-series",
    text,
    values: [
      toNumberArray(state.seriesIds),
      toNumberArray(state.firstTimesMs),
      toNumberArray(state.lastTimesMs),
      toNumberArray(state.lastValues),
      toNumberArray(state.openPeakTimesMs),
      toNumberArray(state.openPeakValues),
      toNumberArray(state.openDropTimesMs),
    ],
  });
}
