import type pg from "pg";
import type { DoubtFacts } from "../../../usecases/notices/doubt-details.ts";
import { epochMs } from "../../database/queries/epoch-ms.ts";

export interface DoubtRow {
  readonly series_id: number;
  readonly site: string;
  readonly project_name: string;
  readonly metric: string;
  readonly resource: string;
  readonly facts: DoubtFacts;
}

export interface DoubtLimits {
  /** Unix milliseconds; a counter that was measured since then reports. */
  readonly reportingSinceMs: number;
  /** Dips are those of hours that were recorded since then. */
  readonly dipsSinceMs: number;
  readonly dipsMin: number;
  /** Steps that were recorded since then. */
  readonly stepsSinceMs: number;
  /** Corrections of the days (UTC) since then. */
  readonly correctionsSinceMs: number;
  /** Of them the largest sums of a project, site and day: each is weighed with the ledger of its site. */
  readonly correctedMax: number;
}

const text = `
  with held as (
    select series_id, jsonb_build_object('kind', 'held', 'count', count(*), 'credits', sum(credits)::text) as facts
      from held_increases
     group by series_id
  ), two_senders as (
    select distinct on (series_id) series_id,
           jsonb_build_object('kind', 'two-senders', 'dips', count, 'hourMs', ${epochMs("hour")}) as facts
      from deep_dips
     where recorded_at >= $2::timestamptz and count >= $3::int4
     order by series_id, hour desc
  ), reporting as (
    select series_id, project_id, metric, resource, site, last_value, largest_pace::numeric as pace
      from series
      join series_heads using (series_id)
     where last_time >= $1::timestamptz
  ), two_sites as (
    select distinct on (one.series_id) one.series_id,
           jsonb_build_object('kind', 'two-sites', 'otherSite', other.site) as facts
      from reporting as one
      join reporting as other using (project_id, metric, resource)
     where one.series_id <> other.series_id
       and least(one.last_value, other.last_value) > greatest(one.pace, other.pace)
       and abs(one.last_value - other.last_value) <= greatest(one.pace, other.pace)
     order by one.series_id, other.series_id
  ), stepped as (
    select distinct on (series_id) series_id,
           jsonb_build_object('kind', 'large-step', 'fromMs', ${epochMs("from_time")}, 'untilMs', ${epochMs("until_time")},
                              'fromValue', from_value::text, 'untilValue', until_value::text) as facts
      from large_steps
     where recorded_at >= $4::timestamptz
     order by series_id, until_value - from_value desc
  ), late as (
    select series_id, project_id, site, date_trunc('day', recorded_at, 'UTC') as day,
           sum(credits_after - credits_before) as net, sum(abs(credits_after - credits_before)) as changed
      from corrections
      join series using (series_id)
     where reason = 'late' and recorded_at >= $5::timestamptz
     group by 1, 2, 3, 4
    having sum(abs(credits_after - credits_before)) > 0
  ), of_sites as (
    select project_id, site, day, sum(net) as net, sum(changed) as changed
      from late
     group by 1, 2, 3
     order by changed desc
     limit $6::int4
  ), weighed as (
    select of_sites.*, billed.credits - net as before, billed.week / 7 as a_day
      from of_sites
     cross join lateral (
             select coalesce(sum(credits), 0) as credits,
                    coalesce(sum(credits) filter (where hour >= day - interval '7 days' and hour < day), 0) as week
               from hourly_costs
               join series using (series_id)
              where series.project_id = of_sites.project_id and series.site = of_sites.site
           ) as billed
  ), corrected as (
    select distinct on (series_id) series_id,
           jsonb_build_object('kind', 'corrected', 'credits', late.net::text) as facts
      from weighed
      join late using (project_id, site, day)
     where weighed.changed > before / 10 or (a_day > 0 and weighed.changed > a_day)
     order by series_id, day desc
  )
  select series_id, site, project_name, metric, resource,
         facts || jsonb_build_object('lastKey', last_key, 'keyBefore', key_before) as facts
    from (
           select * from held
           union all select * from two_senders
           union all select * from two_sites
           union all select * from stepped
           union all select * from corrected
         ) as doubt
    join series using (series_id)
    join series_heads using (series_id)
    join projects using (project_id)
   order by site, project_name, metric, resource`;

/** All that is doubtful now, whether it was told or not. */
export async function selectDoubts(
  client: pg.ClientBase,
  limits: DoubtLimits,
): Promise<readonly DoubtRow[]> {
  const { rows } = await client.query<DoubtRow>({
    name: "select-doubts",
    text,
    values: [
      new Date(limits.reportingSinceMs),
      new Date(limits.dipsSinceMs),
      limits.dipsMin,
      new Date(limits.stepsSinceMs),
      new Date(limits.correctionsSinceMs),
      limits.correctedMax,
    ],
  });
  return rows;
}
