import type { Queryable } from "../../database/pool.ts";
import { epochMs } from "../../database/queries/epoch-ms.ts";

export interface ProjectSiteRow {
  readonly site: string;
  /** Unix milliseconds; null: never measured. */
  readonly first_ms: number | null;
  readonly last_ms: number | null;
  /** null: it reports. */
  readonly silent_since_ms: number | null;
}

const text = `
  select site, ${epochMs("min(first_time)")} as first_ms, ${epochMs("max(last_time)")} as last_ms,
         ${epochMs("min(sites.silent_since)")} as silent_since_ms
    from series
    join series_heads using (series_id)
    left join sites using (site)
   where project_id = $1::int4
   group by site
   order by site`;

/** The sites that a project was measured at. */
export async function selectProjectSites(
  client: Queryable,
  projectId: number,
): Promise<readonly ProjectSiteRow[]> {
  const { rows } = await client.query<ProjectSiteRow>({
    name: "select-project-sites",
    text,
    values: [projectId],
  });
  return rows;
}
