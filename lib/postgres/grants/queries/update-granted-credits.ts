import type pg from "pg";
import type { DecimalText } from "../../../billing/decimal.ts";

const text = `
  update projects
     set granted_credits = $2::numeric,
         revision = revision + 1
   where project_name = $1::text`;

/** Sets the project's granted credits. */
export async function updateGrantedCredits(
  client: pg.ClientBase,
  projectName: string,
  grantedCredits: DecimalText,
): Promise<void> {
  await client.query({
    name: "update-granted-credits",
    text,
    values: [projectName, grantedCredits],
  });
}
