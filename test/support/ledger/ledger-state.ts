import type pg from "pg";
import { parseCredits } from "../../../lib/billing/credits.ts";
import { parseDecimal, VALUE_SCALE } from "../../../lib/billing/decimal.ts";
import type { GrowingHours, HourlyCosts } from "../../../lib/billing/hourly-costs.ts";

export interface LedgerState {
  /** Per series, named `project/metric/site/resource`; hours without usage are left out. */
  readonly hours: ReadonlyMap<string, HourlyCosts>;
  /** At CREDITS_SCALE. */
  readonly usedCredits: ReadonlyMap<string, bigint>;
}

/** The use that the database states, exactly. */
export async function readLedgerState(pool: pg.Pool): Promise<LedgerState> {
  const hours = new Map<string, GrowingHours>();
  const costs = await pool.query<{
    series: string;
    hour_ms: number;
    usage: string;
    credits: string;
  }>(`
    select concat_ws('/', project_name, metric, site, resource) as series,
           (extract(epoch from hour) * 1000)::float8 as hour_ms, usage, credits
      from hourly_costs join series using (series_id) join projects using (project_id)
     where usage <> 0 or credits <> 0
     order by 1, 2`);
  for (const { series, hour_ms, usage, credits } of costs.rows) {
    const ledger = hours.get(series) ?? new Map();
    hours.set(series, ledger);
    ledger.set(hour_ms, {
      usage: parseDecimal(usage, VALUE_SCALE),
      credits: parseCredits(credits),
    });
  }
  const projects = await pool.query<{ project_name: string; used_credits: string }>(
    "select project_name, used_credits from projects order by 1",
  );
  const usedCredits = new Map(
    projects.rows.map((row) => [row.project_name, parseCredits(row.used_credits)]),
  );
  return { hours, usedCredits };
}
