import { loadConfig } from "../lib/config.ts";
import { logger } from "../lib/logger.ts";
import { createPool } from "../lib/postgres/database/pool.ts";
import { prepareDatabase } from "../lib/postgres/prepare-database.ts";

const config = loadConfig(["database", "metrics"]);
const migrations = new URL("../lib/postgres/migrations/", import.meta.url);

export const handler = async () => {
  const pool = createPool(config.database, { connectionsMax: 1, statementTimeoutMs: 290_000 });
  try {
    const prepared = await prepareDatabase(pool, migrations, config.metrics, "deployment");
    logger.info(prepared, "database prepared");
    return prepared;
  } finally {
    await pool.end();
  }
};
