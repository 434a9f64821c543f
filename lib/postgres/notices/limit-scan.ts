import type { LimitScan } from "../../usecases/notices/limits.ts";
import { inTransaction } from "../database/in-transaction.ts";
import type { Pool } from "../database/pool.ts";
import { lockAdvisory } from "../database/queries/lock-advisory.ts";
import { insertLimitNotices } from "./queries/insert-limit-notices.ts";
import { replaceLimitThresholds } from "./queries/replace-limit-thresholds.ts";
import { updateLimitsRearmed } from "./queries/update-limits-rearmed.ts";

/** Finds every crossing of a limit, in either direction, in one transaction. */
export const limitScan =
  (pool: Pool): LimitScan =>
  (thresholds, nowMs) =>
    inTransaction(pool, async (client) => {
      await lockAdvisory(client, "limitScan");
      // Where many notices are newer than the planner's statistics, it would look for each project through
      // all of them: minutes instead of a second. The compiler would take longer than it saves.
      await client.query("set local enable_nestloop = off; set local jit = off");
      const added = new Set(await replaceLimitThresholds(client, thresholds));
      const rearmed = await updateLimitsRearmed(client, nowMs, thresholds);
      const quiet = thresholds.map((threshold) => added.has(threshold));
      return { noticed: await insertLimitNotices(client, nowMs, { thresholds, quiet }), rearmed };
    });
