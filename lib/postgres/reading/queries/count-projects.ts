import type { ProjectsScope } from "../../../usecases/reading/projects-list.ts";
import type { Queryable } from "../../database/pool.ts";
import { listedProjects, scopeValues } from "./listed-projects.ts";

export interface ProjectCounts {
  readonly projects: number;
  readonly over: number;
  readonly warn: number;
  readonly silent: number;
}

const text = `
  with listed as (${listedProjects})
  select count(*)::int4 as projects,
         count(*) filter (where state = 'over')::int4 as over,
         count(*) filter (where state = 'warn')::int4 as warn,
         count(*) filter (where state = 'silent')::int4 as silent
    from listed`;

/** How many projects are looked for, of any state. */
export async function countProjects(
  client: Queryable,
  scope: ProjectsScope,
): Promise<ProjectCounts> {
  const { rows } = await client.query<ProjectCounts>({
    name: "count-projects",
    text,
    values: [...scopeValues(scope, false)],
  });
  return rows[0] as ProjectCounts;
}
