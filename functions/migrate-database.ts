import type { Context } from "aws-lambda";
import { loadConfig } from "../lib/config.ts";
import { logger } from "../lib/logger.ts";
import { readDatabase } from "../lib/postgres/database/database-settings.ts";
import { withPool } from "../lib/postgres/database/pool.ts";
import { prepareDatabase } from "../lib/postgres/prepare-database.ts";
import { stopWithTimeLeft } from "../lib/schedule.ts";
import { readMetrics } from "../lib/settings/metrics.ts";

const config = loadConfig({ database: readDatabase, metrics: readMetrics });
const limits = { connectionsMax: 1, statementTimeoutMs: 890_000 };
const migrations = new URL("../lib/postgres/migrations/", import.meta.url);
const spareMs = 60_000;

/** Throws `ConversionUnfinished` where the time is not enough: invoked again, it goes on. */
export const handler = async (_event: unknown, context: Context) => {
  const options = {
    shouldStop: stopWithTimeLeft(context, spareMs),
    onProgress: (progress: object) => logger.info(progress, "converting what is stored"),
  };
  const prepared = await withPool(config.database, limits, (pool) =>
    prepareDatabase(pool, migrations, config.metrics, "deployment", options),
  );
  logger.info(prepared, "database prepared");
  return prepared;
};
