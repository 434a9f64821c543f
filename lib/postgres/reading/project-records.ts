import { parseCredits } from "../../billing/credits.ts";
import type { Pool } from "../database/pool.ts";
import { reading } from "./credits.ts";
import { type CreditRecordRow, selectCreditRecords } from "./queries/select-credit-records.ts";
import { selectProjectSites } from "./queries/select-project-sites.ts";

/** Credits at CREDITS_SCALE, times in Unix milliseconds. */
export interface CreditRecord {
  readonly kind: CreditRecordRow["kind"];
  readonly atMs: number;
  readonly before: bigint | null;
  readonly after: bigint;
  readonly reason: string;
  readonly actor: string;
  /** The hours that a correction changed, both inclusive; null of others. */
  readonly hours: { readonly fromMs: number; readonly untilMs: number } | null;
}

// A grant of years ago still is a step of the chart.
const recordsMax = 1_000;

/** Grants, adjustments and corrections, the newest first. Throws `Unavailable`. */
export const readCreditRecords = (
  pool: Pool,
  projectId: number,
): Promise<readonly CreditRecord[]> =>
  reading(async () => (await selectCreditRecords(pool, projectId, recordsMax)).map(toRecord));

const toRecord = (row: CreditRecordRow): CreditRecord => ({
  kind: row.kind,
  atMs: row.at_ms,
  before: row.before === null ? null : parseCredits(row.before),
  after: parseCredits(row.after),
  reason: row.reason,
  actor: row.actor,
  hours:
    row.from_ms === null || row.until_ms === null
      ? null
      : { fromMs: row.from_ms, untilMs: row.until_ms },
});

export interface ProjectSite {
  readonly site: string;
  readonly firstMs: number | null;
  readonly lastMs: number | null;
  /** null: it reports. */
  readonly silentSinceMs: number | null;
}

/** The sites that a project was measured at. Throws `Unavailable`. */
export const readProjectSites = (pool: Pool, projectId: number): Promise<readonly ProjectSite[]> =>
  reading(async () =>
    (await selectProjectSites(pool, projectId)).map((row) => ({
      site: row.site,
      firstMs: row.first_ms,
      lastMs: row.last_ms,
      silentSinceMs: row.silent_since_ms,
    })),
  );
