import type pg from "pg";
import { formatCredits } from "../../billing/credits.ts";
import type { DecimalText } from "../../billing/decimal.ts";
import type { Usage } from "../../billing/forecast.ts";
import { toUnavailable } from "../database/errors.ts";
import { inSnapshot } from "../database/in-transaction.ts";
import type { Pool } from "../database/pool.ts";
import { noUsage, readUsage } from "../ledger/usage.ts";
import { type CreditSteps, toCreditSteps, toUsedSteps, type UsedStep } from "./credit-steps.ts";
import { readPendingCredits } from "./pending.ts";
import { selectLedgerParts } from "./queries/select-ledger-parts.ts";
import { type ProjectCreditsRow, selectProjectCredits } from "./queries/select-project-credits.ts";

export interface HistoryRange {
  readonly projectName: string;
  /** `YYYY-MM-DD HH:MM:SS` in UTC, inclusive; null: open. */
  readonly from: string | null;
  readonly to: string | null;
}

export interface ProjectCredits {
  readonly projectId: number;
  readonly usedCredits: DecimalText;
  readonly grantedCredits: DecimalText | null;
  readonly pendingCredits: DecimalText;
  readonly heldCredits: DecimalText;
}

/** Used, granted, pending and held credits; undefined: no such project. Throws `Unavailable`. */
export const readProjectCredits = (
  pool: pg.Pool,
  projectName: string,
): Promise<ProjectCredits | undefined> =>
  reading(async () => {
    const row = await selectProjectCredits(pool, projectName);
    if (row === undefined) return undefined;
    return row.has_open_drops
      ? inSnapshot(pool, (client) => readWithPending(client, projectName))
      : toProjectCredits(row, 0n);
  });

/** Used and pending of one instant: a drop that is decided meanwhile must not count in both. */
async function readWithPending(
  client: pg.ClientBase,
  projectName: string,
): Promise<ProjectCredits | undefined> {
  const row = await selectProjectCredits(client, projectName);
  if (row === undefined) return undefined;
  const pending = await readPendingCredits(client, [row.project_id]);
  return toProjectCredits(row, pending.get(row.project_id) ?? 0n);
}

const toProjectCredits = (row: ProjectCreditsRow, pending: bigint): ProjectCredits => ({
  projectId: row.project_id,
  usedCredits: row.used_credits,
  grantedCredits: row.granted_credits,
  pendingCredits: formatCredits(pending),
  heldCredits: row.held_credits,
});

/** The project's use in the last day, week and month. Throws `Unavailable`. */
export const readProjectUsage = (pool: Pool, projectId: number, nowMs: number): Promise<Usage> =>
  reading(async () => (await readUsage(pool, [projectId], nowMs)).get(projectId) ?? noUsage);

/** At most so many steps of a project's used credits within the range, ascending. Throws `Unavailable`. */
export const readCreditHistory = (
  pool: Pool,
  { projectName, from, to }: HistoryRange,
  pointsMax = Number.POSITIVE_INFINITY,
): Promise<CreditSteps> =>
  reading(async () => {
    const range = { fromMs: toMs(from), untilMs: toMs(to) };
    const rows = await selectLedgerParts(pool, projectName, range.fromMs);
    return toCreditSteps(rows, range, pointsMax);
  });

/** All steps of a project's used credits, ascending, for a page. Throws `Unavailable`. */
export const readUsedSteps = (pool: Pool, projectName: string): Promise<readonly UsedStep[]> =>
  reading(async () => toUsedSteps(await selectLedgerParts(pool, projectName, null)));

const toMs = (text: string | null): number | null =>
  text === null ? null : Date.parse(`${text.replace(" ", "T")}Z`);

/**
 * A function that slept has connections that the server has closed meanwhile, and only the first query
 * shows it. So a read is tried on a second connection before the database counts as away.
 */
export async function reading<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (toUnavailable(error) === undefined) throw error;
  }
  try {
    return await read();
  } catch (error) {
    throw toUnavailable(error) ?? error;
  }
}
