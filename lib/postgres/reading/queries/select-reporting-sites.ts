import type { Queryable } from "../../database/pool.ts";
import { epochMs } from "../../database/queries/epoch-ms.ts";

export interface ReportingSiteRow {
  readonly site: string;
  readonly series: number;
  readonly projects: number;
  /** Unix milliseconds; null: nothing measured. */
  readonly last_ms: number | null;
  /** null: it reports. */
  readonly silent_since_ms: number | null;
}

const text = `
  select site, count(*)::int as series, count(distinct project_id)::int as projects,
         ${epochMs("max(last_time)")} as last_ms, ${epochMs("min(sites.silent_since)")} as silent_since_ms
    from series
    join series_heads using (series_id)
    left join sites using (site)
   group by site
   order by site`;

/** The sites that were ever measured at, with what they report. */
export async function selectReportingSites(
  client: Queryable,
): Promise<readonly ReportingSiteRow[]> {
  const { rows } = await client.query<ReportingSiteRow>({ name: "select-reporting-sites", text });
  return rows;
}
