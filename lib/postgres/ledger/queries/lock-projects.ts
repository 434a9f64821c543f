import type pg from "pg";

const text = `
  select project_id
    from projects
   where project_name = any($1::text[])
   order by project_name
     for no key update`;

/**
 * One biller at a time per project, in name order so that no two wait for each other. The
 * statements after this one then read what the biller before has committed. Returns how many
 * projects there were to lock: one that is new may appear, unlocked, right after this statement.
 */
export async function lockProjects(
  client: pg.ClientBase,
  projectNames: readonly string[],
): Promise<number> {
  const { rows } = await client.query({ name: "lock-projects", text, values: [projectNames] });
  return rows.length;
}
