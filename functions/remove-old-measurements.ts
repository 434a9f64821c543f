import type { Context } from "aws-lambda";
import { dayMs } from "../lib/billing/time.ts";
import { loadConfig } from "../lib/config.ts";
import { logger } from "../lib/logger.ts";
import { readDatabase } from "../lib/postgres/database/database-settings.ts";
import { createPool } from "../lib/postgres/database/pool.ts";
import { retentionPorts } from "../lib/postgres/operations/retention.ts";
import { stopWithTimeLeft } from "../lib/schedule.ts";
import { readKeepDays } from "../lib/settings/days.ts";
import { removeOldMeasurements } from "../lib/usecases/operations/remove-old-measurements.ts";

const config = loadConfig({ database: readDatabase, keepDays: readKeepDays });
const limits = { connectionsMax: 1, statementTimeoutMs: 300_000 };
const ports = retentionPorts(createPool(config.database, limits));
const spareMs = 60_000;

/** Goes on at the next run where the time was not enough. */
export const handler = async (_event: unknown, context: Context) => {
  const horizonMs = Date.now() - config.keepDays * dayMs;
  const shouldStop = stopWithTimeLeft(context, spareMs);
  const removal = await removeOldMeasurements(ports, horizonMs, shouldStop);
  const told = { ...removal, horizon: new Date(horizonMs) };
  if (removal.unreadable.length > 0) logger.error(told, "samples are damaged: npm run verify");
  else logger.info(told, "old measurements removed");
  return removal;
};
