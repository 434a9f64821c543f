import type pg from "pg";
import { CREDITS_SCALE } from "../../../billing/decimal.ts";
import { int4Array, numericArray } from "../../database/queries/binary-array.ts";

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
  credits: readonly bigint[],
): Promise<void> {
  await client.query({
    name: "update-used-credits",
    text,
    values: [int4Array(projectIds), numericArray(credits, CREDITS_SCALE)],
  });
}
