import type pg from "pg";

const text = `
  insert into notices (type, details, occurred_at)
  select type, details, $3::timestamptz
    from unnest($1::text[], $2::jsonb[]) as new (type, details)`;

/** One notice for each type, with the details (JSON) at the same place. */
export async function insertSiteNotices(
  client: pg.ClientBase,
  types: readonly string[],
  details: readonly string[],
  nowMs: number,
): Promise<void> {
  await client.query({
    name: "insert-site-notices",
    text,
    values: [types, details, new Date(nowMs)],
  });
}
