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
  with project_series as (
    select series_id, metric, first_time, last_time
      from series
      join projects using (project_id)
     where project_name = $1::text
  ), steps as (
    select least(hour + interval '1 hour', max(last_time)) as at, metric, sum(credits) as credits
      from project_series
      join hourly_costs using (series_id)
     where usage <> 0
     group by hour, metric
    union all
    (select first_time, metric, 0
       from project_series
      where first_time is not null
      order by first_time, metric
      limit 1)
    union all
    select at, 'adjustment', credits
      from adjustments
      join projects using (project_id)
     where project_name = $1::text
  ), totals as (
    select date_trunc('second', at) as at, metric,
           sum(credits) over (order by at, metric rows unbounded preceding) as credits,
           row_number() over (order by at, metric) as position
      from steps
  )
  select to_char(at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') as at, metric, credits
    from totals
   where ($2::text is null or at >= ($2::text || '+00')::timestamptz)
     and ($3::text is null or at <= ($3::text || '+00')::timestamptz)
   order by position`;

/**
 * One step per hour and metric, stamped with the hour's end or the last measurement, whichever is
 * earlier, after a step of 0 at the project's first measurement; and one for each adjustment.
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
