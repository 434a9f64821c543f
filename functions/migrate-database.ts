import { loadConfig } from "../lib/config.ts";
import { logger } from "../lib/logger.ts";
import { readDatabase } from "../lib/postgres/database/database-settings.ts";
import { withPool } from "../lib/postgres/database/pool.ts";
import { prepareDatabase } from "../lib/postgres/prepare-database.ts";
import { readMetrics } from "../lib/settings/metrics.ts";

const config = loadConfig({ database: readDatabase, metrics: readMetrics });
const limits = { connectionsMax: 1, statementTimeoutMs: 290_000 };
const migrations = new URL("../lib/postgres/migrations/", import.meta.url);

export const handler = async () => {
  const prepared = await withPool(config.database, limits, (pool) =>
    prepareDatabase(pool, migrations, config.metrics, "deployment"),
  );
  logger.info(prepared, "database prepared");
  return prepared;
};
