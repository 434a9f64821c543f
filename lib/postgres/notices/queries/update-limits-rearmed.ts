import type pg from "pg";

const text = `
  update notices
     set rearmed_at = $1::timestamptz
    from projects
   where projects.project_id = notices.project_id
     and type = 'limit.reached'
     and rearmed_at is null
     and (projects.used_credits * 100 < projects.granted_credits * threshold
          or threshold <> all ($2::numeric[]))`;

/** Re-arms the limits that projects are below again, and those of thresholds that are not looked at. */
export async function updateLimitsRearmed(
  client: pg.ClientBase,
  nowMs: number,
  thresholds: readonly string[],
): Promise<number> {
  const { rowCount } = await client.query({
    name: "update-limits-rearmed",
    text,
    values: [new Date(nowMs), thresholds],
  });
  return rowCount ?? 0;
}
