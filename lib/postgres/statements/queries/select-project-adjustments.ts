import type { DecimalText } from "../../../billing/decimal.ts";
import type { Queryable } from "../../database/pool.ts";
import { epochMs } from "../../database/queries/epoch-ms.ts";

export interface ProjectAdjustmentRow {
  /** A bigint as text. */
  readonly adjustment_id: string;
  /** Unix milliseconds. */
  readonly at_ms: number;
  readonly credits: DecimalText;
  readonly reason: string;
  readonly actor: string;
}

const text = `
  select adjustment_id, ${epochMs("at")} as at_ms, credits, reason, actor
    from adjustments
   where project_id = $1::int4
   order by at, adjustment_id`;

/** All adjustments of a project, by the time that they are for. */
export async function selectProjectAdjustments(
  client: Queryable,
  projectId: number,
): Promise<readonly ProjectAdjustmentRow[]> {
  const { rows } = await client.query<ProjectAdjustmentRow>({
    name: "select-project-adjustments",
    text,
    values: [projectId],
  });
  return rows;
}
