import type pg from "pg";

const text = `
  with dips as (
    delete from deep_dips where recorded_at < $1::timestamptz
  ), steps as (
    delete from large_steps where recorded_at < $1::timestamptz
  )
  delete from new_series where hour < $1::timestamptz`;

/** Forgets what was recorded before an instant, Unix milliseconds: no doubt looks back so far. */
export async function deleteOldDoubtRecords(
  client: pg.ClientBase,
  beforeMs: number,
): Promise<void> {
  await client.query({
    name: "delete-old-doubt-records",
    text,
    values: [new Date(beforeMs)],
  });
}
