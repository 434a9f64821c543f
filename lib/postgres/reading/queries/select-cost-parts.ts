import type { DecimalText } from "../../../billing/decimal.ts";
import type { Queryable } from "../../database/pool.ts";
import { epochMs } from "../../database/queries/epoch-ms.ts";

/** Part of what a project used in a range; times in Unix milliseconds. */
export type CostPartRow =
  /** When the series were measured first and last; null: never. There is one such row, or no such project. */
  | {
      readonly kind: "project";
      readonly from_ms: number | null;
      readonly until_ms: number | null;
    }
  /** The open hour of a series, or a day: arrays of its 24 hours in the notation of PostgreSQL. */
  | {
      readonly kind: "hour" | "day";
      readonly metric: string;
      readonly unit: string;
      readonly site: string;
      readonly resource: string;
      readonly from_ms: number;
      readonly usage: string;
      readonly credits: string;
    }
  | { readonly kind: "adjustment"; readonly from_ms: number; readonly credits: DecimalText }
  /** Hours that were corrected, both inclusive, and when. */
  | {
      readonly kind: "correction";
      readonly from_ms: number;
      readonly until_ms: number;
      readonly at_ms: number;
    };

export interface CostRange {
  readonly projectName: string;
  /** null: all of them. */
  readonly metric: string | null;
  readonly site: string | null;
  readonly from: Date;
  readonly until: Date;
}

const text = `
  with project as (
    select project_id from projects where project_name = $1::text
  ), units as (
    select distinct on (metric) metric, unit from tariffs order by metric, tariff_id desc
  ), project_series as (
    select series_id, metric, coalesce(unit, '') as unit, site, resource, first_time, last_time,
           date_trunc('hour', last_time, 'UTC') as hour, hour_usage, hour_credits
      from project
      join series using (project_id)
      join series_heads using (series_id)
      left join units using (metric)
     where ($4::text is null or metric = $4) and ($5::text is null or site = $5)
  )
  select 'project' as kind, null as metric, null as unit, null as site, null as resource,
         ${epochMs("min(first_time)")} as from_ms, ${epochMs("max(last_time)")} as until_ms, null::float8 as at_ms,
         null as usage, null as credits
    from project
    left join project_series on true
  having count(project_id) > 0
  union all
  select 'hour', metric, unit, site, resource, ${epochMs("hour")}, null, null,
         hour_usage::text, hour_credits::text
    from project_series
   where hour_usage <> 0 and hour >= $2::timestamptz and hour < $3::timestamptz
  union all
  select 'day', metric, unit, site, resource, ${epochMs("day")}, null, null,
         usage::text, credits::text
    from project_series
    join daily_costs using (series_id)
   where day >= (select ($2::timestamptz at time zone 'UTC')::date)
     and day <= (select ($3::timestamptz at time zone 'UTC')::date)
  union all
  select 'adjustment', null, null, null, null, ${epochMs("at")}, null, null, null, credits::text
    from project
    join adjustments using (project_id)
   where at >= $2::timestamptz and at < $3::timestamptz
     and $4::text is null and $5::text is null
  union all
  select 'correction', null, null, null, null, ${epochMs("from_hour")}, ${epochMs("until_hour")},
         ${epochMs("recorded_at")}, null, null
    from project_series
    join corrections using (series_id)
   where from_hour < $3::timestamptz and until_hour >= $2::timestamptz
     and credits_before <> credits_after`;

/**
 * What a project used in the days that a range touches, by series, with what is said of those hours; of
 * one instant, as a single statement sees it. Adjustments have neither metric nor site, so they are left
 * out where one is asked for. Days come as they are stored, for the reason that select-ledger-parts.ts gives.
 */
export async function selectCostParts(
  client: Queryable,
  { projectName, metric, site, from, until }: CostRange,
): Promise<readonly CostPartRow[]> {
  const { rows } = await client.query<CostPartRow>({
    name: "select-cost-parts",
    text,
    values: [projectName, from, until, metric, site],
  });
  return rows;
}
