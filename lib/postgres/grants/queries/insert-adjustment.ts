import type pg from "pg";
import type { DecimalText } from "../../../billing/decimal.ts";

export interface NewAdjustment {
  readonly key: string;
  readonly projectName: string;
  /** May be negative. */
  readonly credits: DecimalText;
  readonly reason: string;
  readonly actor: string;
  readonly atMs: number;
}

const text = `
  insert into adjustments (idempotency_key, project_id, credits, reason, actor, at)
  select $1::text, project_id, $3::numeric, $4::text, $5::text,
         $6::timestamptz
    from projects
   where project_name = $2::text
  on conflict (idempotency_key) do nothing
  returning project_id`;

/** Returns the project's id; undefined, and nothing is inserted, where an adjustment has the key. */
export async function insertAdjustment(
  client: pg.ClientBase,
  { key, projectName, credits, reason, actor, atMs }: NewAdjustment,
): Promise<number | undefined> {
  const { rows } = await client.query<{ project_id: number }>({
    name: "insert-adjustment",
    text,
    values: [key, projectName, credits, reason, actor, new Date(atMs)],
  });
  return rows[0]?.project_id;
}
