import type { Queryable } from "../../database/pool.ts";

export interface CreditStepRow {
  /** `YYYY-MM-DD HH:MM:SS` in UTC. */
  readonly at: string;
  readonly metric: string;
  /** Used credits after the step, a decimal as text. */
  readonly credits: string;
}

export interface HistoryRange {
  readonly projectName: string;
  /** `YYYY-MM-DD HH:MM:SS` in UTC, inclusive; null: open. */
  readonly from: string | null;
  readonly to: string | null;
}

const text = `
  with project as (
    select project_id, used_credits,
           ($2::text || '+00')::timestamptz as from_time,
           ($3::text || '+00')::timestamptz as until_time
      from projects
     where project_name = $1::text
  ), project_series as (
    select series_id, metric, first_time, last_time, hour_usage, hour_credits
      from project
      join series using (project_id)
      join series_heads using (series_id)
  ), hours as (
    select metric, last_time,
           day::timestamp at time zone 'UTC' + (position - 1) * interval '1 hour' as hour,
           hours.credits
      from project
     cross join project_series
      join daily_costs using (series_id)
     cross join lateral unnest(daily_costs.usage, daily_costs.credits) with ordinality
             as hours (usage, credits, position)
     where hours.usage is not null
       and (from_time is null or day >= ((from_time - interval '1 hour') at time zone 'UTC')::date)
    union all
    select metric, last_time, date_trunc('hour', last_time, 'UTC'), hour_credits
      from project_series
     where hour_usage <> 0
  ), steps as (
    select least(hour + interval '1 hour', max(last_time)) as at, metric,
           coalesce(sum(credits), 0) as credits
      from hours
     group by hour, metric
    union all
    (select first_time, metric, 0
       from project_series
      where first_time is not null
      order by first_time, metric
      limit 1)
    union all
    select at, 'adjustment', credits
      from project
      join adjustments using (project_id)
     where from_time is null or at >= from_time
  ), totals as (
    select date_trunc('second', at) as at, metric,
           (select used_credits from project) - (select sum(credits) from steps)
             + sum(credits) over (order by at, metric rows unbounded preceding) as credits,
           row_number() over (order by at, metric) as position
      from steps
  )
  select to_char(at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') as at, metric, totals.credits
    from totals
   cross join project
   where (from_time is null or at >= from_time)
     and (until_time is null or at <= until_time)
   order by position`;

/**
 * One step per hour and metric, stamped with the hour's end or the last measurement, whichever is
 * earlier, after a step of 0 at the project's first measurement; and one for each adjustment. The totals
 * are counted back from what is used by now, so that no day before the range is read.
 */
export async function selectCreditHistory(
  client: Queryable,
  { projectName, from, to }: HistoryRange,
): Promise<readonly CreditStepRow[]> {
  const { rows } = await client.query<CreditStepRow>({
    name: "select-credit-history",
    text,
    values: [projectName, from, to],
  });
  return rows;
}
