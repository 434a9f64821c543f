import type { Context } from "aws-lambda";
import { loadConfig } from "../lib/config.ts";
import { logger } from "../lib/logger.ts";
import { readDatabase } from "../lib/postgres/database/database-settings.ts";
import { createPool } from "../lib/postgres/database/pool.ts";
import { forecastPorts } from "../lib/postgres/notices/budget-forecasts.ts";
import { stopWithTimeLeft } from "../lib/schedule.ts";
import { readForecastNoticeDays } from "../lib/settings/notices.ts";
import { forecastBudgets } from "../lib/usecases/notices/forecast-budgets.ts";

const config = loadConfig({ database: readDatabase, noticeDays: readForecastNoticeDays });
const limits = { connectionsMax: 1, statementTimeoutMs: 30_000 };
const ports = forecastPorts(createPool(config.database, limits));
// For the page that is under way when the time is up.
const spareMs = 40_000;

/** Goes on at the next run where the time was not enough; send-limit-notices sends the notices. */
export const handler = async (_event: unknown, context: Context) => {
  const shouldStop = stopWithTimeLeft(context, spareMs);
  const found = await forecastBudgets(ports, config.noticeDays, Date.now(), shouldStop);
  logger.info(found, "budgets forecast");
  return found;
};
