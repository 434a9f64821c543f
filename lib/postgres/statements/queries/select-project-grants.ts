import type { DecimalText } from "../../../billing/decimal.ts";
import type { Queryable } from "../../database/pool.ts";
import { epochMs } from "../../database/queries/epoch-ms.ts";

export interface ProjectGrantRow {
  /** Unix milliseconds. */
  readonly at_ms: number;
  readonly granted_credits: DecimalText;
  readonly reason: string;
  readonly actor: string;
}

const text = `
  select ${epochMs("at")} as at_ms, granted_credits, reason, actor
    from grants
   where project_id = $1::int4
   order by at, grant_id`;

/** All grants of a project, the oldest first. */
export async function selectProjectGrants(
  client: Queryable,
  projectId: number,
): Promise<readonly ProjectGrantRow[]> {
  const { rows } = await client.query<ProjectGrantRow>({
    name: "select-project-grants",
    text,
    values: [projectId],
  });
  return rows;
}
