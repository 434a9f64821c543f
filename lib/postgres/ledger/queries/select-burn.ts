import type { DecimalText } from "../../../billing/decimal.ts";
import type { Queryable } from "../../database/pool.ts";
import { toNumberArray } from "../../database/queries/number-array.ts";

export interface BurnRow {
  readonly project_id: number;
  readonly first_ms: number | null;
  /** Credits since the beginning of each stretch. */
  readonly day: DecimalText;
  readonly week: DecimalText;
  readonly month: DecimalText;
}

const text = `
  select project_id,
         round(date_part('epoch', min(first_time)) * 1000) as first_ms,
         coalesce(sum(costs.day), 0) as day,
         coalesce(sum(costs.week), 0) as week,
         coalesce(sum(costs.month), 0) as month
    from series
    join series_heads using (series_id)
   cross join (
           select timestamptz 'epoch' + $2::int8 * interval '1 millisecond' as day,
                  timestamptz 'epoch' + $3::int8 * interval '1 millisecond' as week,
                  timestamptz 'epoch' + $4::int8 * interval '1 millisecond' as month
         ) as start
   cross join lateral (
           select sum(credits) filter (where hour >= start.day) as day,
                  sum(credits) filter (where hour >= start.week) as week,
                  sum(credits) filter (where hour >= start.month) as month
             from (
                    select daily_costs.day::timestamp at time zone 'UTC'
                             + (position - 1) * interval '1 hour' as hour,
                           hours.credits
                      from daily_costs
                     cross join lateral unnest(daily_costs.credits) with ordinality
                             as hours (credits, position)
                     where daily_costs.series_id = series.series_id
                       and daily_costs.day >= (start.month at time zone 'UTC')::date
                    union all
                    select date_trunc('hour', last_time, 'UTC'), hour_credits
                  ) as hours
         ) as costs
   where project_id = any ($1::int4[])
   group by project_id`;

export interface WindowStarts {
  /** Unix milliseconds of full hours. */
  readonly day: number;
  readonly week: number;
  readonly month: number;
}

/** The projects' usage since then; a project without series has no row. */
export async function selectBurn(
  client: Queryable,
  projectIds: readonly number[],
  { day, week, month }: WindowStarts,
): Promise<readonly BurnRow[]> {
  const { rows } = await client.query<BurnRow>({
    name: "select-burn",
    text,
    values: [toNumberArray(projectIds), day, week, month],
  });
  return rows;
}
