import type { Pool } from "../database/pool.ts";
import { reading } from "./credits.ts";
import { selectReportingSites } from "./queries/select-reporting-sites.ts";

export interface ReportingSite {
  readonly site: string;
  readonly series: number;
  readonly projects: number;
  /** Unix milliseconds; null: nothing measured. */
  readonly lastMs: number | null;
  /** null: it reports. */
  readonly silentSinceMs: number | null;
}

/** The sites that were ever measured at, by name. Throws `Unavailable`. */
export const readSites = (pool: Pool): Promise<readonly ReportingSite[]> =>
  reading(async () =>
    (await selectReportingSites(pool)).map((row) => ({
      site: row.site,
      series: row.series,
      projects: row.projects,
      lastMs: row.last_ms,
      silentSinceMs: row.silent_since_ms,
    })),
  );
