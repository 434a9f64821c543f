import type { SeriesScope } from "../../../usecases/ledger/stored-series.ts";
import { onlyRow } from "../../database/only-row.ts";
import type { Queryable } from "../../database/pool.ts";

export interface ScopeMatches {
  readonly series: number;
  /** Existing names in order, at most so many of each; null: none. */
  readonly projects: readonly string[] | null;
  /** In the scope's project. */
  readonly sites: readonly string[] | null;
  /** In the scope's project and site. */
  readonly metrics: readonly string[] | null;
  /** In the scope's project and site, of its metric. */
  readonly resources: readonly string[] | null;
}

const text = `
  with looked_at as (
    select project_name, site, metric, resource,
           $1::text is null or project_name = $1::text as in_project,
           $2::text is null or site = $2::text as in_site,
           $3::text is null or metric = $3::text as in_metric,
           $4::text is null or resource = $4::text as in_resource
      from series
      join projects using (project_id)
  )
  select count(*) filter (where in_project and in_site and in_metric and in_resource)::int4 as series,
         (array_agg(distinct project_name))[:$5::int4] as projects,
         (array_agg(distinct site) filter (where in_project))[:$5::int4] as sites,
         (array_agg(distinct metric) filter (where in_project and in_site))[:$5::int4] as metrics,
         (array_agg(distinct resource) filter (where in_project and in_site and in_metric))[:$5::int4]
           as resources
    from looked_at`;

/** How many series a scope has, and where it has none, what it could have named instead. */
export async function selectScopeMatches(
  client: Queryable,
  { projectName, site, metric, resource }: SeriesScope,
  countMax: number,
): Promise<ScopeMatches> {
  const { rows } = await client.query<ScopeMatches>({
    name: "select-scope-matches",
    text,
    values: [projectName, site, metric, resource, countMax],
  });
  return onlyRow(rows);
}
