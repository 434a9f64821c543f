import { inTransaction } from "../database/in-transaction.ts";
import type { Pool } from "../database/pool.ts";
import { lockAdvisory } from "../database/queries/lock-advisory.ts";
import { insertLimitNotices } from "./queries/insert-limit-notices.ts";
import { replaceLimitThresholds } from "./queries/replace-limit-thresholds.ts";
import { updateLimitsRearmed } from "./queries/update-limits-rearmed.ts";

export interface LimitScan {
  readonly noticed: number;
  readonly rearmed: number;
}

/**
 * Finds every crossing of the thresholds (percentages, plain decimals) in either direction, in one pass
 * over the projects and one transaction. Throws `Unavailable`.
 */
export const scanLimits = (
  pool: Pool,
  thresholds: readonly string[],
  nowMs: number,
): Promise<LimitScan> =>
  inTransaction(pool, async (client) => {
    await lockAdvisory(client, "limitScan");
    // Where many notices are newer than the planner's statistics, it would look for each project through
    // all of them: minutes instead of a second. The compiler would take longer than it saves.
    await client.query("set local enable_nestloop = off; set local jit = off");
    const fresh = new Set(await replaceLimitThresholds(client, thresholds));
    const rearmed = await updateLimitsRearmed(client, nowMs, thresholds);
    const quiet = thresholds.map((threshold) => fresh.has(threshold));
    return { noticed: await insertLimitNotices(client, nowMs, { thresholds, quiet }), rearmed };
  });
