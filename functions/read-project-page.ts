import { loadConfig } from "../lib/config.ts";
import { projectUnknown, readProjectName } from "../lib/http/credits.ts";
import { readPageQuery } from "../lib/http/page-query.ts";
import { pageAnswer } from "../lib/http/stack/answer.ts";
import { readKeySource } from "../lib/http/stack/api-keys.ts";
import { httpFunction } from "../lib/http/stack/http-function.ts";
import { logger } from "../lib/logger.ts";
import { readDatabase } from "../lib/postgres/database/database-settings.ts";
import { createPool } from "../lib/postgres/database/pool.ts";
import { readProject } from "../lib/postgres/reading/project.ts";
import { readLimitThresholds } from "../lib/settings/notices.ts";
import { readAssets } from "../lib/web/assets.ts";
import { gatherPage } from "../lib/web/project/gather.ts";
import { rangeNames } from "../lib/web/project/page-range.ts";
import { projectDocument } from "../lib/web/project/project-page.ts";

const readers = { keys: readKeySource, database: readDatabase, thresholds: readLimitThresholds };
const config = loadConfig(readers);
const pool = createPool(config.database, { connectionsMax: 2, statementTimeoutMs: 10_000 });
const assets = readAssets();

export const handler = httpFunction({
  scope: "read",
  keys: config.keys,
  logger,
  handle: async (event) => {
    const projectName = readProjectName(event);
    const nowMs = Date.now();
    const { range, timezone, language } = readPageQuery(event, rangeNames, "month", nowMs);
    const project = await readProject(pool, projectName, nowMs);
    if (project === undefined) throw projectUnknown(projectName);
    const read = { ...project, projectName, thresholds: config.thresholds };
    const wanted = typeof range === "string" ? { name: range } : { name: null, ...range };
    const page = gatherPage(read, wanted, timezone, nowMs);
    return pageAnswer(200, projectDocument(page, language, assets));
  },
});
