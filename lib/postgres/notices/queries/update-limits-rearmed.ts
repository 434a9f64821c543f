import type pg from "pg";
import type { DecimalText } from "../../../billing/decimal.ts";

const text = `
  update notices
     set rearmed_at = $1::timestamptz
    from projects
   where projects.project_id = notices.project_id
     and type = 'limit.reached'
     and rearmed_at is null
     and (projects.used_credits * 100 < projects.granted_credits * threshold
          or threshold <> all ($2::numeric[]))`;

/** Re-arms the limits that projects are below again, and those of thresholds that are configured no more. */
export async function updateLimitsRearmed(
  client: pg.ClientBase,
  nowMs: number,
  thresholds: readonly DecimalText[],
): Promise<number> {
  const { rowCount } = await client.query({
    name: "update-limits-rearmed",
    text,
    values: [new Date(nowMs), thresholds],
  });
  return rowCount ?? 0;
}
