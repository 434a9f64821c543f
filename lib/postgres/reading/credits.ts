import type pg from "pg";
import { formatCredits } from "../../billing/credits.ts";
import type { Usage } from "../../billing/forecast.ts";
import { toUnavailable } from "../database/errors.ts";
import { inSnapshot } from "../database/in-transaction.ts";
import type { Pool } from "../database/pool.ts";
import { noUsage, readUsage } from "../ledger/usage.ts";
import { readPendingCredits } from "./pending.ts";
import {
  type CreditStepRow,
  type HistoryRange,
  selectCreditHistory,
} from "./queries/select-credit-history.ts";
import { type ProjectCreditsRow, selectProjectCredits } from "./queries/select-project-credits.ts";

export interface ProjectCredits extends ProjectCreditsRow {
  readonly pending_credits: string;
}

/** Used, granted and pending credits, decimals as text; undefined: no such project. Throws `Unavailable`. */
export const readProjectCredits = (
  pool: Pool,
  projectName: string,
): Promise<ProjectCredits | undefined> =>
  reading(async () => {
    const project = await selectProjectCredits(pool, projectName);
    if (project === undefined) return undefined;
    return project.has_open_drops
      ? inSnapshot(pool, (client) => readWithPending(client, projectName))
      : { ...project, pending_credits: "0.0" };
  });

/** Used and pending of one instant: a drop that is decided meanwhile must not count in both. */
async function readWithPending(
  client: pg.ClientBase,
  projectName: string,
): Promise<ProjectCredits | undefined> {
  const project = await selectProjectCredits(client, projectName);
  if (project === undefined) return undefined;
  const pending = await readPendingCredits(client, projectName);
  return { ...project, pending_credits: formatCredits(pending) };
}

/** What the project used in the last day, week and month. Throws `Unavailable`. */
export const readProjectUsage = (pool: Pool, projectId: number, nowMs: number): Promise<Usage> =>
  reading(async () => (await readUsage(pool, [projectId], nowMs)).get(projectId) ?? noUsage);

/** The steps of a project's used credits within the range, ascending. Throws `Unavailable`. */
export const readCreditHistory = (
  pool: Pool,
  range: HistoryRange,
): Promise<readonly CreditStepRow[]> => reading(() => selectCreditHistory(pool, range));

/**
 * A function that slept has connections that the server closed meanwhile, and learns it by the first
 * query: so a read is tried on a second one before the database counts as away.
 */
async function reading<T>(read: () => Promise<T>): Promise<T> {
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
