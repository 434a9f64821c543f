import { loadConfig } from "../lib/config.ts";
import { readProjectName } from "../lib/http/credits.ts";
import { revokedAnswer } from "../lib/http/links.ts";
import { readKeySource } from "../lib/http/stack/api-keys.ts";
import { httpFunction } from "../lib/http/stack/http-function.ts";
import { logger } from "../lib/logger.ts";
import { readDatabase } from "../lib/postgres/database/database-settings.ts";
import { createPool } from "../lib/postgres/database/pool.ts";
import { revokeLinks } from "../lib/postgres/operations/links.ts";

const config = loadConfig({ keys: readKeySource, database: readDatabase });
const pool = createPool(config.database, { connectionsMax: 2, statementTimeoutMs: 10_000 });

export const handler = httpFunction({
  scope: "admin",
  keys: config.keys,
  logger,
  handle: async (event) => {
    const projectName = readProjectName(event);
    return revokedAnswer(projectName, await revokeLinks(pool, projectName));
  },
});
