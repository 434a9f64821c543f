import type { Queryable } from "../../database/pool.ts";

const text = `
  select project_name
    from projects
   where exists (
           select from series
             join series_heads using (series_id)
            where series.project_id = projects.project_id
              and first_time <= $1::timestamptz
              and (floor_time is null
                   or (floor_time < last_time
                       and floor_time < $1::timestamptz))
         )
   order by project_name`;

/** Projects with a series that was measured before the horizon (Unix ms), and goes on after its floor. */
export async function selectProjectsBefore(
  client: Queryable,
  horizonMs: number,
): Promise<readonly string[]> {
  const { rows } = await client.query<{ project_name: string }>({
    name: "select-projects-before",
    text,
    values: [new Date(horizonMs)],
  });
  return rows.map((row) => row.project_name);
}
