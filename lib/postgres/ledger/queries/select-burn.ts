import type { DecimalText } from "../../../billing/decimal.ts";
import type { Queryable } from "../../database/pool.ts";
import { int4Array } from "../../database/queries/binary-array.ts";

/** Times in Unix milliseconds. */
export type BurnRow =
  /** A series with its open hour; null: it was never measured. */
  | {
      readonly kind: "series";
      readonly project_id: number;
      readonly at_ms: number | null;
      readonly first_ms: number | null;
      readonly credits: DecimalText;
    }
  /** A day of a series: the array of its 24 hours in the notation of PostgreSQL. */
  | {
      readonly kind: "day";
      readonly project_id: number;
      readonly at_ms: number;
      readonly credits: string;
    };

const text = `
  select 'series' as kind, project_id,
         round(date_part('epoch', date_trunc('hour', last_time, 'UTC')) * 1000) as at_ms,
         round(date_part('epoch', first_time) * 1000) as first_ms,
         hour_credits::text as credits
    from series
    join series_heads using (series_id)
   where project_id = any ((select $1::int4[])::int4[])
  union all
  select 'day', project_id, round(date_part('epoch', day) * 1000), null, credits::text
    from series
    join daily_costs using (series_id)
   where project_id = any ((select $1::int4[])::int4[])
     and day >= (select ($2::timestamptz at time zone 'UTC')::date)`;

/**
 * The series of the projects and their days from that of an instant on, Unix ms. The caller sums up the
 * hours: the database would take three times as long to take the arrays apart as to hand them out. The
 * parameters stand in subqueries, so that PostgreSQL sees no gain in planning for each call, which takes
 * longer than the plan: with one plan for all values, chunks are left out while it runs.
 */
export async function selectBurn(
  client: Queryable,
  projectIds: readonly number[],
  fromMs: number,
): Promise<readonly BurnRow[]> {
  const { rows } = await client.query<BurnRow>({
    name: "select-burn",
    text,
    values: [int4Array(projectIds), new Date(fromMs)],
  });
  return rows;
}
