import type { SeriesScope } from "../../../usecases/ledger/stored-series.ts";
import type { Queryable } from "../../database/pool.ts";

const text = `
  select project_name
    from projects
   where ($1::text is null or project_name = $1::text)
     and exists (
           select from series
            where series.project_id = projects.project_id
              and ($2::text is null or site = $2::text)
              and ($3::text is null or metric = $3::text)
              and ($4::text is null or resource = $4::text)
              and ($5::int4 is null or not rerate_ids @> array[$5::int4])
         )
   order by project_name`;

/** Projects with a series in the scope; given a re-rating, with one that does not contain it yet. */
export async function selectProjectsInScope(
  client: Queryable,
  { projectName, site, metric, resource }: SeriesScope,
  rerateId: number | null,
): Promise<readonly string[]> {
  const { rows } = await client.query<{ project_name: string }>({
    name: "select-projects-in-scope",
    text,
    values: [projectName, site, metric, resource, rerateId],
  });
  return rows.map((row) => row.project_name);
}
