import type pg from "pg";
import type { DecimalText } from "../../../billing/decimal.ts";
import { toNumberArray } from "../../database/queries/number-array.ts";

const text = `
  update projects
     set used_credits = used_credits + change.credits,
         revision = revision + 1
    from unnest($1::int4[], $2::numeric[]) as change (project_id, credits)
   where projects.project_id = change.project_id`;

/** Adds to the projects' used credits (may be negative). */
export async function updateUsedCredits(
  client: pg.ClientBase,
  projectIds: readonly number[],
  credits: readonly DecimalText[],
): Promise<void> {
  await client.query({
    name: "update-used-credits",
    text,
    values: [toNumberArray(projectIds), toNumberArray(credits)],
  });
}
