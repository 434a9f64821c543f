import type pg from "pg";
import { onlyRow } from "../../database/only-row.ts";

export interface NewGrant {
  readonly projectName: string;
  /** A decimal as text. */
  readonly grantedCredits: string;
  readonly actor: string;
  readonly reason: string;
}

const text = `
  insert into grants (project_id, granted_credits, source, actor, reason)
  select project_id, $2::numeric, 'admin', $3::text, $4::text
    from projects
   where project_name = $1::text
  returning floor(extract(epoch from at) * 1000)::float8 as at_ms`;

/** Records what an admin granted, and returns when, in Unix ms. */
export async function insertGrant(client: pg.ClientBase, grant: NewGrant): Promise<number> {
  const { projectName, grantedCredits, actor, reason } = grant;
  const { rows } = await client.query<{ at_ms: number }>({
    name: "insert-grant",
    text,
    values: [projectName, grantedCredits, actor, reason],
  });
  return onlyRow(rows).at_ms;
}
