import type { DecimalText } from "../../../billing/decimal.ts";
import type { Queryable } from "../../database/pool.ts";

export interface StatementLineRow {
  readonly month: string;
  readonly used_in: string;
  readonly metric: string;
  readonly unit: string;
  readonly site: string;
  readonly usage: DecimalText;
  readonly credits: DecimalText;
}

const text = `
  select month, used_in, metric, unit, site, usage, credits
    from statement_lines
   where project_id = $1::int4`;

/** What the closed statements of a project account for. */
export async function selectStatementLines(
  client: Queryable,
  projectId: number,
): Promise<readonly StatementLineRow[]> {
  const { rows } = await client.query<StatementLineRow>({
    name: "select-statement-lines",
    text,
    values: [projectId],
  });
  return rows;
}
