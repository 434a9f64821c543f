import type pg from "pg";

export interface ProjectIdRow {
  readonly project_id: number;
  readonly project_name: string;
}

const text = `
  select project_id, project_name
    from projects
   where project_id > $1::int4
     and ($4::int4 is null or project_id <= $4::int4)
     and ($2::text is null or project_name = $2::text)
     and ($3::timestamptz is null or exists (
           select from series
             join series_heads using (series_id)
            where series.project_id = projects.project_id
              and last_time >= $3::timestamptz
         ))
   order by project_id
   limit $5::int4`;

export interface ProjectsAfter {
  readonly projectId: number;
  /** null: up to the last. */
  readonly upTo: number | null;
  /** null: of any name. */
  readonly projectName: string | null;
  /** Only those measured since then, Unix milliseconds; null: all. */
  readonly sinceMs: number | null;
  readonly pageSize: number;
}

/** The next projects by id. */
export async function selectProjectsAfter(
  client: pg.ClientBase,
  { projectId, upTo, projectName, sinceMs, pageSize }: ProjectsAfter,
): Promise<readonly ProjectIdRow[]> {
  const { rows } = await client.query<ProjectIdRow>({
    name: "select-projects-after",
    text,
    values: [projectId, projectName, sinceMs === null ? null : new Date(sinceMs), upTo, pageSize],
  });
  return rows;
}
