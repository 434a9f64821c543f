import type { Queryable } from "../../database/pool.ts";

export interface ProjectStateRow {
  readonly project_id: number;
  readonly link_generation: number;
  readonly sites: readonly string[];
  readonly version: string;
}

// `xmin` is the transaction that wrote a row last, so whatever is written to a row changes it, also what
// moves no credits: late measurements, drops, floors. Each row's only grows, so the sums do, too.
const text = `
  select project_id, link_generation,
         coalesce(parts.sites, '{}') as sites,
         concat_ws('.', projects.xmin, parts.versions, parts.silence, closed.count) as version
    from projects
   cross join lateral (
           select array_agg(distinct series.site) as sites,
                  sum(series.xmin::text::int8 + series_heads.xmin::text::int8) as versions,
                  sum(extract(epoch from sites.silent_since)) as silence
             from series
             join series_heads using (series_id)
             left join sites using (site)
            where series.project_id = projects.project_id
         ) as parts
   cross join lateral (
           select count(*) as count
             from statements
            where statements.project_id = projects.project_id
         ) as closed
   where project_name = $1::text`;

/** Undefined: no such project. */
export async function selectProjectState(
  client: Queryable,
  projectName: string,
): Promise<ProjectStateRow | undefined> {
  const { rows } = await client.query<ProjectStateRow>({
    name: "select-project-state",
    text,
    values: [projectName],
  });
  return rows[0];
}
