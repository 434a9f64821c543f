import type pg from "pg";

const text = `
  insert into daily_costs (series_id, day, usage, credits)
  select $1::int4, day, array_agg(usage order by position), array_agg(credits order by position)
    from (
           select day, position, usage, credits
             from (
                    select distinct (hour at time zone 'UTC')::date as day
                      from hourly_cost_rows
                     where series_id = $1::int4
                       and usage <> 0
                       and hour is distinct from date_trunc('hour', $2::timestamptz, 'UTC')
                  ) as days
            cross join generate_series(0, 23) as position
             left join hourly_cost_rows
                    on series_id = $1::int4
                   and hour = day::timestamp at time zone 'UTC' + position * interval '1 hour'
                   and usage <> 0
                   and hour is distinct from date_trunc('hour', $2::timestamptz, 'UTC')
         ) as hours
   group by day`;

/** Stores the hours of a series by days, without that of its last measurement, which stays open. */
export async function insertConvertedDays(
  client: pg.ClientBase,
  seriesId: number,
  last: Date | null,
): Promise<void> {
  await client.query({ name: "insert-converted-days", text, values: [seriesId, last] });
}
