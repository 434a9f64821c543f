import { loadConfig } from "../lib/config.ts";
import { sitesAnswer } from "../lib/http/sites.ts";
import { readKeySource } from "../lib/http/stack/api-keys.ts";
import { httpFunction } from "../lib/http/stack/http-function.ts";
import { logger } from "../lib/logger.ts";
import { readDatabase } from "../lib/postgres/database/database-settings.ts";
import { createPool } from "../lib/postgres/database/pool.ts";
import { readSites } from "../lib/postgres/reading/sites.ts";

const config = loadConfig({ keys: readKeySource, database: readDatabase });
const pool = createPool(config.database, { connectionsMax: 2, statementTimeoutMs: 10_000 });

export const handler = httpFunction({
  scope: "read",
  keys: config.keys,
  reads: "what the key may see",
  logger,
  handle: async (_event, { caller }) => sitesAnswer(await readSites(pool), caller, Date.now()),
});
