import type { Context } from "aws-lambda";
import { loadConfig } from "../lib/config.ts";
import { logger } from "../lib/logger.ts";
import { readDatabase } from "../lib/postgres/database/database-settings.ts";
import { createPool } from "../lib/postgres/database/pool.ts";
import { noticeAndRequestPorts } from "../lib/postgres/notices/notice-and-request-ports.ts";
import { stopWithTimeLeft } from "../lib/schedule.ts";
import { removeOldNoticesAndRequests } from "../lib/usecases/notices/remove-old-notices-and-requests.ts";

const config = loadConfig({ database: readDatabase });
const limits = { connectionsMax: 1, statementTimeoutMs: 30_000 };
const ports = noticeAndRequestPorts(createPool(config.database, limits));
const spareMs = 40_000;

/** Goes on at the next run where the time was not enough. */
export const handler = async (_event: unknown, context: Context) => {
  const shouldStop = stopWithTimeLeft(context, spareMs);
  const removal = await removeOldNoticesAndRequests(ports, Date.now(), shouldStop);
  logger.info(removal, "old notices and requests removed");
  return removal;
};
