import type pg from "pg";

export interface MeasurementRow {
  readonly series_id: number;
  readonly time_ms: number;
  readonly value: string;
}

/** Behind which row of a day to go on. */
export interface RowPosition {
  readonly dayMs: number;
  /** 0: at the beginning. */
  readonly seriesId: number;
  readonly timeMs: number;
}

// The order within the join keeps the planner from reading all of the table for one day.
const text = `
  select series.series_id, round(date_part('epoch', time) * 1000) as time_ms, value
    from series
   cross join lateral (
           select time, value
             from measurement_rows
            where measurement_rows.series_id = series.series_id
              and time >= $1::timestamptz
              and time < $1::timestamptz + interval '24 hours'
              and time > coalesce(series.floor_time, '-infinity')
              and (series.series_id > $2::int4
                   or time > $3::timestamptz)
            order by time
         ) as of_day
   where series.series_id >= $2::int4
   order by series.series_id, time
   limit $4::int4`;

/** The next measurements of a UTC day behind their series' floors, in the order of series and time. */
export async function selectMeasurementRows(
  client: pg.ClientBase,
  { dayMs, seriesId, timeMs }: RowPosition,
  limit: number,
): Promise<readonly MeasurementRow[]> {
  const { rows } = await client.query<MeasurementRow>({
    name: "select-measurement-rows",
    text,
    values: [new Date(dayMs), seriesId, new Date(timeMs), limit],
  });
  return rows;
}
