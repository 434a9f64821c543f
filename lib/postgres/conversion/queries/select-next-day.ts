import type pg from "pg";
import { onlyRow } from "../../database/only-row.ts";

export interface NextDayRow {
  /** When the next UTC day begins of which something is stored, Unix ms; null: there is none. */
  readonly day_ms: number | null;
  /** When the last one begins. */
  readonly last_day_ms: number | null;
}

const text = `
  select round(date_part('epoch', date_trunc('day', min(least(next_sample.time, next_hour.hour)), 'UTC')) * 1000) as day_ms,
         round(date_part('epoch', date_trunc('day', max(last_time), 'UTC')) * 1000) as last_day_ms
    from series
    left join lateral (
           select time
             from measurement_rows
            where measurement_rows.series_id = series.series_id
              and time >= coalesce($1::timestamptz, '-infinity')
            order by time
            limit 1
         ) as next_sample on true
    left join lateral (
           select hour
             from hourly_cost_rows
            where hourly_cost_rows.series_id = series.series_id
              and hour >= coalesce($1::timestamptz, '-infinity')
            order by hour
            limit 1
         ) as next_hour on true`;

/** The first day from an instant on (Unix ms; null: ever) of which there are rows. */
export async function selectNextDay(
  client: pg.ClientBase,
  fromMs: number | null,
): Promise<NextDayRow> {
  const { rows } = await client.query<NextDayRow>({
    name: "select-next-day",
    text,
    values: [fromMs === null ? null : new Date(fromMs)],
  });
  return onlyRow(rows);
}
