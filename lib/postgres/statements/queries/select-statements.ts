import type { DecimalText } from "../../../billing/decimal.ts";
import type { Queryable } from "../../database/pool.ts";

export interface StatementRow {
  readonly month: string;
  readonly used_credits: DecimalText;
  /** Bigints as text. */
  readonly adjustment_ids: readonly string[];
  readonly sha256: string;
}

const text = `
  select month, used_credits, adjustment_ids::text[] as adjustment_ids, sha256
    from statements
   where project_id = $1::int4
   order by month`;

/** The closed statements of a project, without their texts. */
export async function selectStatements(
  client: Queryable,
  projectId: number,
): Promise<readonly StatementRow[]> {
  const { rows } = await client.query<StatementRow>({
    name: "select-statements",
    text,
    values: [projectId],
  });
  return rows;
}
