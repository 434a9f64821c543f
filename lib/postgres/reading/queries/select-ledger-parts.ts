import type { DecimalText } from "../../../billing/decimal.ts";
import { hourMs } from "../../../billing/time.ts";
import type { Queryable } from "../../database/pool.ts";

/** Part of what a project used; times in Unix milliseconds. */
export type LedgerPartRow =
  /** All that is used by now. */
  | { readonly kind: "used"; readonly credits: DecimalText }
  /** The project's first measurement, or an adjustment. */
  | {
      readonly kind: "step";
      readonly metric: string;
      readonly at_ms: number;
      readonly credits: DecimalText;
    }
  /** The open hour of one series. */
  | {
      readonly kind: "hour";
      readonly metric: string;
      readonly at_ms: number;
      readonly last_ms: number;
      readonly credits: DecimalText;
    }
  /** A day of one series: arrays of its 24 hours in the notation of PostgreSQL. */
  | {
      readonly kind: "day";
      readonly metric: string;
      readonly at_ms: number;
      readonly last_ms: number;
      readonly credits: string;
      /** null: no hour is null in `credits`. */
      readonly usage: string | null;
    };

const text = `
  with project as (
    select project_id, used_credits from projects where project_name = $1::text
  ), project_series as (
    select series_id, metric, first_time, hour_usage, hour_credits,
           date_trunc('hour', last_time, 'UTC') as hour,
           round(date_part('epoch', last_time) * 1000) as last_ms
      from project
      join series using (project_id)
      join series_heads using (series_id)
  )
  select 'used' as kind, null as metric, null::float8 as at_ms, null::float8 as last_ms,
         used_credits::text as credits, null as usage
    from project
  union all
  (select 'step', metric, round(date_part('epoch', first_time) * 1000), null, '0', null
     from project_series
    where first_time is not null
    order by first_time, metric
    limit 1)
  union all
  (select 'step', 'adjustment', round(date_part('epoch', at) * 1000), null, credits::text, null
     from project
     join adjustments using (project_id)
    where at >= coalesce($2::timestamptz, '-infinity'))
  union all
  select 'hour', metric, round(date_part('epoch', hour) * 1000), last_ms, hour_credits::text, null
    from project_series
   where hour_usage <> 0
  union all
  select 'day', metric, round(date_part('epoch', day) * 1000), last_ms, daily_costs.credits::text,
         case when array_position(daily_costs.credits, null) is not null then usage::text end
    from project_series
    join daily_costs using (series_id)
   where day >= (select coalesce(($3::timestamptz at time zone 'UTC')::date, '-infinity'))`;

/**
 * The credits that a project has used by now, and those of them in the hours that end at or after an
 * instant (Unix ms; null: in all). Days come as they are stored, because the database takes ten times as
 * long to number and sum up a year's hours as to hand them out. The day stands in a subquery for the
 * reason that select-burn.ts gives.
 */
export async function selectLedgerParts(
  client: Queryable,
  projectName: string,
  fromMs: number | null,
): Promise<readonly LedgerPartRow[]> {
  const [from, hoursFrom] =
    fromMs === null ? [null, null] : [new Date(fromMs), new Date(fromMs - hourMs)];
  const { rows } = await client.query<LedgerPartRow>({
    name: "select-ledger-parts",
    text,
    values: [projectName, from, hoursFrom],
  });
  return rows;
}
