import type { DecimalText } from "../../../billing/decimal.ts";
import type { Queryable } from "../../database/pool.ts";

export interface HourRow {
  readonly series_id: number;
  readonly usage: DecimalText;
  readonly credits: DecimalText;
}

// An hour stands either in its day or, as the hour of the last measurement, in the head of the series.
const text = `
  select series_id, sum(usage)::text as usage, sum(credits)::text as credits
    from (
           select series_id, usage[hour_of_day] as usage, coalesce(credits[hour_of_day], 0) as credits
             from daily_costs
            cross join (
                    select 1 + date_part('hour', $2::timestamptz at time zone 'UTC')::int4 as hour_of_day
                  ) as position
            where series_id = any ($1::int4[])
              and day = ($2::timestamptz at time zone 'UTC')::date
           union all
           select series_id, hour_usage, hour_credits
             from series_heads
            where series_id = any ($1::int4[])
              and date_trunc('hour', last_time, 'UTC') = $2::timestamptz
         ) as parts
   where usage is not null
   group by series_id`;

/** What the ledger has of an hour, Unix milliseconds, by series. */
export async function selectHour(
  client: Queryable,
  seriesIds: readonly number[],
  hourMs: number,
): Promise<readonly HourRow[]> {
  const { rows } = await client.query<HourRow>({
    name: "select-hour",
    text,
    values: [seriesIds, new Date(hourMs)],
  });
  return rows;
}
