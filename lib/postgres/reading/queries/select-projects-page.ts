import type { DecimalText } from "../../../billing/decimal.ts";
import type { ProjectState, ProjectsPage } from "../../../usecases/reading/projects-list.ts";
import type { Queryable } from "../../database/pool.ts";
import { epochMs } from "../../database/queries/epoch-ms.ts";
import { listedProjects, scopeValues } from "./listed-projects.ts";

/** Times in Unix milliseconds. */
export interface ListedProjectRow {
  readonly project_id: number;
  readonly project_name: string;
  readonly state: ProjectState;
  readonly used_credits: DecimalText;
  readonly granted_credits: DecimalText | null;
  readonly remaining_credits: DecimalText | null;
  /** Credits per hour; null: not forecast yet, as the following. */
  readonly burn_day: DecimalText | null;
  readonly burn_week: DecimalText | null;
  readonly burn_month: DecimalText | null;
  readonly computed_ms: number | null;
  readonly earliest_ms: number | null;
  readonly expected_ms: number | null;
  readonly latest_ms: number | null;
  readonly last_ms: number | null;
  readonly sites: readonly string[];
  readonly has_open_drops: boolean;
  /** Its place in the order, a decimal or Infinity. */
  readonly place: string;
}

// The urgent ones are those that are over or have nothing left, then those that end, the nearest first, then
// the silent ones.
const text = `
  with listed as (${listedProjects}),
  ranked as (
    select *,
           coalesce(case when $9::bool then -measure else measure end, 'Infinity') as rank
      from (
        select *,
               case $8::text
                 when 'name' then 0
                 when 'used' then used_credits
                 when 'granted' then granted_credits
                 when 'remaining' then remaining_credits
                 when 'burn_week' then burn_week
                 when 'budget_ends' then extract(epoch from ends_expected)
                 when 'last_measured' then extract(epoch from last_time)
                 else case
                   when state = 'over' then -1
                   when ends_expected is not null then extract(epoch from ends_expected)
                   when state = 'warn' then 0
                   when state = 'silent' then 1e12
                   else 1e13
                 end
               end as measure
          from listed
         where $10::text is null or state = $10::text
      ) as measured
  ),
  page as (
    select *
      from ranked
     where $11::numeric is null
        or rank > $11::numeric
        or (rank = $11::numeric
            and case when $8::text = 'name' and $9::bool then project_name < $12::text else project_name > $12::text end)
     order by rank,
              case when $8::text = 'name' and $9::bool then project_name end desc,
              project_name
     limit $13::int4
  )
  select project_id, project_name, state, used_credits, granted_credits, remaining_credits,
         burn_day, burn_week, burn_month, rank::text as place,
         ${epochMs("computed_at")} as computed_ms, ${epochMs("ends_earliest")} as earliest_ms,
         ${epochMs("ends_expected")} as expected_ms, ${epochMs("ends_latest")} as latest_ms,
         ${epochMs("heads.last_time")} as last_ms,
         coalesce(heads.sites, '{}') as sites,
         coalesce(heads.has_open_drops, false) as has_open_drops
    from page
   cross join lateral (
           select max(series_heads.last_time) as last_time,
                  array_agg(distinct site order by site) as sites,
                  bool_or(open_peak_time is not null) as has_open_drops
             from series
             join series_heads using (series_id)
            where series.project_id = page.project_id
         ) as heads
   order by rank,
            case when $8::text = 'name' and $9::bool then project_name end desc,
            project_name`;

/** Some of the projects, in an order, behind a place in it. */
export async function selectProjectsPage(
  client: Queryable,
  { scope, state, sort, isDescending, after, limit }: ProjectsPage,
): Promise<readonly ListedProjectRow[]> {
  const { rows } = await client.query<ListedProjectRow>({
    name: "select-projects-page",
    text,
    values: [
      ...scopeValues(scope, sort === "last_measured"),
      sort,
      isDescending,
      state,
      after?.rank ?? null,
      after?.projectName ?? null,
      limit,
    ],
  });
  return rows;
}
