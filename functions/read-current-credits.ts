import { loadConfig } from "../lib/config.ts";
import {
  creditsAnswer,
  creditsFreshness,
  projectUnknown,
  readProjectName,
} from "../lib/http/credits.ts";
import { readProjectReads } from "../lib/http/http-settings.ts";
import { readKeySource } from "../lib/http/stack/api-keys.ts";
import { httpFunction } from "../lib/http/stack/http-function.ts";
import { logger } from "../lib/logger.ts";
import { readDatabase } from "../lib/postgres/database/database-settings.ts";
import { createPool } from "../lib/postgres/database/pool.ts";
import { readProjectCredits, readProjectUsage } from "../lib/postgres/reading/credits.ts";
import { projectStates } from "../lib/postgres/reading/project-state.ts";

const readers = { keys: readKeySource, database: readDatabase, projectReads: readProjectReads };
const config = loadConfig(readers);
const pool = createPool(config.database, { connectionsMax: 2, statementTimeoutMs: 10_000 });

export const handler = httpFunction({
  scope: "read",
  keys: config.keys,
  reads: { ...config.projectReads, state: projectStates(pool), freshness: creditsFreshness },
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
