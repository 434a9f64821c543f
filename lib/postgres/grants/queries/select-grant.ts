import type pg from "pg";
import type { DecimalText } from "../../../billing/decimal.ts";

export interface GrantRow {
  readonly granted_credits: DecimalText;
  readonly actor: string;
  readonly reason: string;
  readonly at_ms: number;
}

// A project that was moved here together with its credits has granted credits without a row of grants.
const text = `
  select granted_credits, actor, reason, floor(extract(epoch from at) * 1000)::float8 as at_ms
    from projects
    join lateral (
           select granted_credits as latest_credits, actor, reason, at
             from grants
            where grants.project_id = projects.project_id
            order by grant_id desc
            limit 1
         ) as latest on latest_credits = granted_credits
   where project_name = $1::text`;

/** The grant that counts now; undefined where there is none, or no row that accounts for it. */
export async function selectGrant(
  client: pg.ClientBase,
  projectName: string,
): Promise<GrantRow | undefined> {
  const { rows } = await client.query<GrantRow>({
    name: "select-grant",
    text,
    values: [projectName],
  });
  return rows[0];
}
