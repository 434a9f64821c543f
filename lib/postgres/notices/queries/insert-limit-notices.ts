import type pg from "pg";
import type { DecimalText } from "../../../billing/decimal.ts";

// A random UUID for each row would cost a quarter of the scan: one for the scan does, whose last 48 bits
// are the project and the threshold's place in the list.
const text = `
  with scan as materialized (
    select $1::timestamptz as now,
           left(gen_random_uuid()::text, 24) as id_prefix
  )
  insert into notices (public_id, type, project_id, threshold, used_credits, granted_credits, occurred_at,
                       quiet, dispatched_at)
  select (id_prefix || lpad(to_hex(project_id::int8 << 16 | place), 12, '0'))::uuid,
         'limit.reached', project_id, threshold, projects.used_credits, projects.granted_credits,
         scan.now, quiet, case when quiet then scan.now end
    from projects
   cross join unnest($2::numeric[], $3::boolean[]) with ordinality as scanned (threshold, quiet, place)
   cross join scan
   where projects.granted_credits > 0
     and projects.used_credits * 100 >= projects.granted_credits * threshold
     and not exists (
           select from notices
            where notices.project_id = projects.project_id
              and notices.type = 'limit.reached'
              and notices.threshold = scanned.threshold
              and notices.rearmed_at is null
         )`;

export interface ThresholdColumns {
  /** Percentages. */
  readonly thresholds: readonly DecimalText[];
  /** Per threshold: projects that are above it already get a notice that is sent to nobody. */
  readonly quiet: readonly boolean[];
}

/** One notice for each project and armed threshold that it has reached. */
export async function insertLimitNotices(
  client: pg.ClientBase,
  nowMs: number,
  { thresholds, quiet }: ThresholdColumns,
): Promise<number> {
  const { rowCount } = await client.query({
    name: "insert-limit-notices",
    text,
    values: [new Date(nowMs), thresholds, quiet],
  });
  return rowCount ?? 0;
}
