import type pg from "pg";

const text = `
  with removed as (
    delete from limit_thresholds where threshold <> all ($1::numeric[])
  ), known as (
    select count(*) as count from limit_thresholds
  ), added as (
    insert into limit_thresholds (threshold)
    select unnest($1::numeric[])
    on conflict do nothing
    returning threshold
  )
  select threshold, known.count > 0 as others_known
    from added
   cross join known`;

/**
 * Remembers the configured thresholds and returns those that are new beside others. The very first ones
 * are beside none: whoever is above them is still to be told.
 */
export async function replaceLimitThresholds(
  client: pg.ClientBase,
  thresholds: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await client.query<{ threshold: string; others_known: boolean }>({
    name: "replace-limit-thresholds",
    text,
    values: [thresholds],
  });
  return rows.filter((row) => row.others_known).map((row) => row.threshold);
}
