import type pg from "pg";
import { toUnavailable } from "./errors.ts";
import {
  type CreditStepRow,
  type HistoryRange,
  selectCreditHistory,
} from "./queries/select-credit-history.ts";
import { type ProjectCreditsRow, selectProjectCredits } from "./queries/select-project-credits.ts";

/** Used and granted credits, decimals as text; undefined: no such project. Throws `Unavailable`. */
export const readProjectCredits = (
  pool: pg.Pool,
  projectName: string,
): Promise<ProjectCreditsRow | undefined> => reading(() => selectProjectCredits(pool, projectName));

/** The steps of a project's used credits within the range, ascending. Throws `Unavailable`. */
export const readCreditHistory = (
  pool: pg.Pool,
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
