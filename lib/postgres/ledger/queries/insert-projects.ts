import type pg from "pg";

const text = `
  insert into projects (project_name)
  select name
    from unnest($1::text[]) as new (name)
   order by name collate "C"
  on conflict (project_name) do nothing`;

/** In name order, so that two billers that meet the same new projects wait instead of deadlocking. */
export async function insertProjects(
  client: pg.ClientBase,
  projectNames: readonly string[],
): Promise<void> {
  await client.query({ name: "insert-projects", text, values: [projectNames] });
}
