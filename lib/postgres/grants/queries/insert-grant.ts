import type pg from "pg";
import type { DecimalText } from "../../../billing/decimal.ts";
import { onlyRow } from "../../database/only-row.ts";

export interface NewGrant {
  readonly projectName: string;
  readonly grantedCredits: DecimalText;
  readonly actor: string;
  readonly reason: string;
}

const text = `
  insert into grants (project_id, granted_credits, source, actor, reason)
  select project_id, $2::numeric, 'admin', $3::text, $4::text
    from projects
   where project_name = $1::text
  returning floor(extract(epoch from at) * 1000)::float8 as at_ms`;

/** Records the grant of an admin and returns its time, Unix milliseconds. */
export async function insertGrant(client: pg.ClientBase, grant: NewGrant): Promise<number> {
  const { projectName, grantedCredits, actor, reason } = grant;
  const { rows } = await client.query<{ at_ms: number }>({
    name: "insert-grant",
    text,
    values: [projectName, grantedCredits, actor, reason],
  });
  return onlyRow(rows).at_ms;
}
