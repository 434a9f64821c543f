import { loadConfig } from "../lib/config.ts";
import { projectUnknown, readProjectName } from "../lib/http/credits.ts";
import { readProjectReads } from "../lib/http/http-settings.ts";
import { languageOf, pageFreshness, readPageQuery, refusedPage } from "../lib/http/page-query.ts";
import { pageAnswer } from "../lib/http/stack/answer.ts";
import { readKeySource } from "../lib/http/stack/api-keys.ts";
import { httpFunction } from "../lib/http/stack/http-function.ts";
import { logger } from "../lib/logger.ts";
import { readDatabase } from "../lib/postgres/database/database-settings.ts";
import { createPool } from "../lib/postgres/database/pool.ts";
import { readProject } from "../lib/postgres/reading/project.ts";
import { projectStates } from "../lib/postgres/reading/project-state.ts";
import { readLimitThresholds } from "../lib/settings/notices.ts";
import { readStatementTimezone } from "../lib/settings/statements.ts";
import { pageWriter } from "../lib/web/pages.ts";
import { rangeNames } from "../lib/web/project/page-range.ts";

const readers = { keys: readKeySource, database: readDatabase, projectReads: readProjectReads };
const own = { thresholds: readLimitThresholds, statementTimezone: readStatementTimezone };
const config = loadConfig({ ...readers, ...own });
const pool = createPool(config.database, { connectionsMax: 2, statementTimeoutMs: 10_000 });
const { projectReads, thresholds, statementTimezone } = config;
const pages = pageWriter();
const freshness = pageFreshness([...thresholds, ...pages.assets]);

export const handler = httpFunction({
  scope: "read",
  keys: config.keys,
  reads: { ...projectReads, state: projectStates(pool), freshness },
  logger,
  writeProblem: (problem, event) => pages.refuse(refusedPage(problem, event), languageOf(event)),
  handle: async (event, { caller: { link = null } }) => {
    const [projectName, nowMs] = [readProjectName(event), Date.now()];
    const { wanted, timezone, language } = readPageQuery(event, rangeNames, "month", nowMs);
    const project = await readProject(pool, projectName, nowMs);
    if (project === undefined) throw projectUnknown(projectName);
    const read = { ...project, projectName, link, thresholds, statementTimezone };
    return pageAnswer(200, pages.write(read, wanted, timezone, language, nowMs));
  },
});
