import type pg from "pg";
import { toNumberArray } from "../../database/queries/number-array.ts";

export interface ForecastColumns {
  readonly projectIds: readonly number[];
  /** Decimals as text. */
  readonly used: readonly string[];
  readonly granted: readonly string[];
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

/** Where another run has told it meanwhile, nothing happens. */
export async function insertForecastNotices(
  client: pg.ClientBase,
  { projectIds, used, granted, details }: ForecastColumns,
  nowMs: number,
): Promise<void> {
  await client.query({
    name: "insert-forecast-notices",
    text,
    values: [toNumberArray(projectIds), used, granted, details, new Date(nowMs)],
  });
}
