import type { Queryable } from "../../database/pool.ts";

export interface StatementProjectRow {
  readonly project_id: number;
  readonly project_name: string;
}

const text = `
  select project_id, project_name
    from projects
   where project_id > $1::int4
     and ($2::int4 is null or project_id <= $2::int4)
     and not exists (
           select from statements
            where statements.project_id = projects.project_id
              and month >= $4::text
         )
   order by project_id
   limit $3::int4`;

export interface StatementProjects {
  readonly projectId: number;
  /** null: the last one. */
  readonly upTo: number | null;
  /** A month, as `2026-10`. */
  readonly due: string;
  readonly pageSize: number;
}

/** The next projects by id whose statement of the month is not closed. */
export async function selectStatementProjects(
  client: Queryable,
  { projectId, upTo, due, pageSize }: StatementProjects,
): Promise<readonly StatementProjectRow[]> {
  const { rows } = await client.query<StatementProjectRow>({
    name: "select-statement-projects",
    text,
    values: [projectId, upTo, pageSize, due],
  });
  return rows;
}
