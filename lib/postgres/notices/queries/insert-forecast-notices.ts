import type pg from "pg";
import type { DecimalText } from "../../../billing/decimal.ts";

export interface ForecastColumns {
  readonly projectIds: readonly number[];
  readonly used: readonly DecimalText[];
  readonly granted: readonly DecimalText[];
  /** JSON. */
  readonly details: readonly string[];
}

const text = `
  insert into notices (type, project_id, used_credits, granted_credits, details, occurred_at)
  select 'budget.ending', project_id, used, granted, details,
         $5::timestamptz
    from unnest($1::int4[], $2::numeric[], $3::numeric[], $4::jsonb[])
           as new (project_id, used, granted, details)
  on conflict (project_id) where type = 'budget.ending' and rearmed_at is null do nothing`;

/** Where another run has written the notice meanwhile, nothing happens. */
export async function insertForecastNotices(
  client: pg.ClientBase,
  { projectIds, used, granted, details }: ForecastColumns,
  nowMs: number,
): Promise<void> {
  await client.query({
    name: "insert-forecast-notices",
    text,
    values: [projectIds, used, granted, details, new Date(nowMs)],
  });
}
