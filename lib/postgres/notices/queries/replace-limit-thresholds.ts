import type pg from "pg";
import type { DecimalText } from "../../../billing/decimal.ts";

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
 * are beside none: projects above them still get their notice.
 */
export async function replaceLimitThresholds(
  client: pg.ClientBase,
  thresholds: readonly DecimalText[],
): Promise<readonly DecimalText[]> {
  const { rows } = await client.query<{ threshold: DecimalText; others_known: boolean }>({
    name: "replace-limit-thresholds",
    text,
    values: [thresholds],
  });
  return rows.filter((row) => row.others_known).map((row) => row.threshold);
}
