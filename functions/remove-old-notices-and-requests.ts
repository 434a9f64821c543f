import type { Context } from "aws-lambda";
import { loadConfig } from "../lib/config.ts";
import { logger } from "../lib/logger.ts";
import { readDatabase } from "../lib/postgres/database/database-settings.ts";
import { createPool } from "../lib/postgres/database/pool.ts";
import { oldRequests } from "../lib/postgres/grants/old-requests.ts";
import { oldNotices } from "../lib/postgres/notices/old-notices.ts";
import { stopWithTimeLeft } from "../lib/schedule.ts";
import { removeOldRequests } from "../lib/usecases/grants/remove-old-requests.ts";
import { removeOldNotices } from "../lib/usecases/notices/remove-old-notices.ts";

const config = loadConfig({ database: readDatabase });
const pool = createPool(config.database, { connectionsMax: 1, statementTimeoutMs: 30_000 });
const spareMs = 40_000;

/** Goes on at the next run where the time was not enough. */
export const handler = async (_event: unknown, context: Context) => {
  const shouldStop = stopWithTimeLeft(context, spareMs);
  const nowMs = Date.now();
  const requestsRemoved = await removeOldRequests(oldRequests(pool), nowMs, shouldStop);
  const noticesRemoved = await removeOldNotices(oldNotices(pool), nowMs, shouldStop);
  const removal = { requestsRemoved, noticesRemoved, isFinished: !shouldStop() };
  logger.info(removal, "old notices and requests removed");
  return removal;
};
