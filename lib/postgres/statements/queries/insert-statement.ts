import type pg from "pg";
import type { DecimalText } from "../../../billing/decimal.ts";

export interface NewStatement {
  readonly projectId: number;
  readonly month: string;
  readonly closedMs: number;
  readonly used: DecimalText;
  readonly adjustmentIds: readonly string[];
  readonly body: string;
  readonly sha256: string;
}

const text = `
  insert into statements (project_id, month, closed_at, used_credits, adjustment_ids, body, sha256)
  values ($1::int4, $2::text, $3::timestamptz, $4::numeric, $5::int8[], $6::text, $7::text)`;

export async function insertStatement(
  client: pg.ClientBase,
  { projectId, month, closedMs, used, adjustmentIds, body, sha256 }: NewStatement,
): Promise<void> {
  await client.query({
    name: "insert-statement",
    text,
    values: [projectId, month, new Date(closedMs), used, adjustmentIds, body, sha256],
  });
}
