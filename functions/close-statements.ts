import type { Context } from "aws-lambda";
import { loadConfig } from "../lib/config.ts";
import { logger } from "../lib/logger.ts";
import { readDatabase } from "../lib/postgres/database/database-settings.ts";
import { createPool } from "../lib/postgres/database/pool.ts";
import { closePorts } from "../lib/postgres/statements/closing.ts";
import { stopWithTimeLeft } from "../lib/schedule.ts";
import { readLateDays } from "../lib/settings/days.ts";
import { readStatementTimezone } from "../lib/settings/statements.ts";
import { closeStatements } from "../lib/usecases/statements/close-statements.ts";

const readers = { database: readDatabase, timezone: readStatementTimezone, lateDays: readLateDays };
const config = loadConfig(readers);
const pool = createPool(config.database, { connectionsMax: 1, statementTimeoutMs: 60_000 });
// For the project that is under way when the time is up.
const spareMs = 60_000;

/** Goes on at the next run where the time was not enough. */
export const handler = async (_event: unknown, context: Context) => {
  const shouldStop = stopWithTimeLeft(context, spareMs);
  const closed = await closeStatements(closePorts(pool, config, Date.now), Date.now(), shouldStop);
  logger.info(closed, "statements closed");
  return closed;
};
