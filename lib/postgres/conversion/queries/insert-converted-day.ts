import type pg from "pg";

const text = `
  insert into daily_costs (series_id, day, usage, credits)
  select series.series_id, ($1::timestamptz at time zone 'UTC')::date, of_day.usage, of_day.credits
    from series
   cross join lateral (
           select array_agg(hours.usage order by position) as usage,
                  array_agg(hours.credits order by position) as credits,
                  count(hours.usage) as count
             from generate_series(0, 23) as position
             left join (
                    select hour, usage, credits
                      from hourly_cost_rows
                     where hourly_cost_rows.series_id = series.series_id
                       and hour >= $1::timestamptz
                       and hour < $1::timestamptz + interval '24 hours'
                       and hour is distinct from date_trunc('hour', series.last_time, 'UTC')
                       and usage <> 0
                  ) as hours on hours.hour = $1::timestamptz + position * interval '1 hour'
         ) as of_day
   where of_day.count > 0`;

/** Stores a UTC day of the ledger, without the hours of the series' last measurements, which stay open. */
export async function insertConvertedDay(client: pg.ClientBase, day: Date): Promise<void> {
  await client.query({ name: "insert-converted-day", text, values: [day] });
}
