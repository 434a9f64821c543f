import { loadConfig } from "../lib/config.ts";
import { creditsAnswer, projectUnknown, readProjectName } from "../lib/http/credits.ts";
import { readKeySource } from "../lib/http/stack/api-keys.ts";
import { httpFunction } from "../lib/http/stack/http-function.ts";
import { logger } from "../lib/logger.ts";
import { readDatabase } from "../lib/postgres/database/database-settings.ts";
import { createPool } from "../lib/postgres/database/pool.ts";
import { readProjectCredits, readProjectUsage } from "../lib/postgres/reading/credits.ts";

const config = loadConfig({ keys: readKeySource, database: readDatabase });
const pool = createPool(config.database, { connectionsMax: 2, statementTimeoutMs: 10_000 });

export const handler = httpFunction({
  scope: "read",
  keys: config.keys,
  logger,
  handle: async (event) => {
    const projectName = readProjectName(event);
    const project = await readProjectCredits(pool, projectName);
    if (project === undefined) throw projectUnknown(projectName);
    const nowMs = Date.now();
    const usage = await readProjectUsage(pool, project.projectId, nowMs);
    return creditsAnswer(project, usage, nowMs);
  },
});
