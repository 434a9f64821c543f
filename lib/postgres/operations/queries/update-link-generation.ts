import type { Queryable } from "../../database/pool.ts";

const text = `
  update projects
     set link_generation = link_generation + 1
   where project_name = $1::text
  returning link_generation`;

/** The new generation; undefined: no such project. */
export async function updateLinkGeneration(
  client: Queryable,
  projectName: string,
): Promise<number | undefined> {
  const { rows } = await client.query<{ link_generation: number }>({
    name: "update-link-generation",
    text,
    values: [projectName],
  });
  return rows[0]?.link_generation;
}
