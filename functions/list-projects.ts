import { loadConfig } from "../lib/config.ts";
import { projectsAnswer, readListSettings, readProjectsQuery } from "../lib/http/projects.ts";
import { readKeySource } from "../lib/http/stack/api-keys.ts";
import { httpFunction } from "../lib/http/stack/http-function.ts";
import { logger } from "../lib/logger.ts";
import { readDatabase } from "../lib/postgres/database/database-settings.ts";
import { createPool } from "../lib/postgres/database/pool.ts";
import { readProjects } from "../lib/postgres/reading/projects.ts";

const config = loadConfig({ keys: readKeySource, database: readDatabase, list: readListSettings });
const pool = createPool(config.database, { connectionsMax: 2, statementTimeoutMs: 10_000 });

export const handler = httpFunction({
  scope: "read",
  keys: config.keys,
  reads: "what the key may see",
  logger,
  handle: async (event, { caller }) => {
    const nowMs = Date.now();
    const page = readProjectsQuery(event, caller, config.list, nowMs);
    const found = await readProjects(pool, { ...page, limit: page.limit + 1 });
    return projectsAnswer(found, page, event, nowMs);
  },
});
