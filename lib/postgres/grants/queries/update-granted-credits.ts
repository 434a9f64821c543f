import type pg from "pg";

const text = `
  update projects
     set granted_credits = $2::numeric,
         revision = revision + 1
   where project_name = $1::text`;

/** Sets what the project is granted (a decimal as text). */
export async function updateGrantedCredits(
  client: pg.ClientBase,
  projectName: string,
  grantedCredits: string,
): Promise<void> {
  await client.query({
    name: "update-granted-credits",
    text,
    values: [projectName, grantedCredits],
  });
}
