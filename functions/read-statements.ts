import { loadConfig } from "../lib/config.ts";
import { projectUnknown, readProjectName } from "../lib/http/credits.ts";
import { readProjectReads } from "../lib/http/http-settings.ts";
import { languageOf, refusedPage } from "../lib/http/page-query.ts";
import { readKeySource } from "../lib/http/stack/api-keys.ts";
import { httpFunction } from "../lib/http/stack/http-function.ts";
import { answerStatements, readMonthSettings, statementFreshness } from "../lib/http/statements.ts";
import { logger } from "../lib/logger.ts";
import { readDatabase } from "../lib/postgres/database/database-settings.ts";
import { createPool } from "../lib/postgres/database/pool.ts";
import { projectStates } from "../lib/postgres/reading/project-state.ts";
import { readStatement, readStatements } from "../lib/postgres/statements/reading.ts";
import { pageWriter } from "../lib/web/pages.ts";

const readers = { keys: readKeySource, database: readDatabase, projectReads: readProjectReads };
const config = loadConfig({ ...readers, statements: readMonthSettings });
const { projectReads, statements } = config;
const pages = pageWriter();
const freshness = statementFreshness(pages.assets);
const pool = createPool(config.database, { connectionsMax: 2, statementTimeoutMs: 10_000 });

export const handler = httpFunction({
  scope: "read",
  keys: config.keys,
  reads: { ...projectReads, state: projectStates(pool), freshness },
  logger,
  writeProblem: (problem, event) => pages.refuse(refusedPage(problem, event), languageOf(event)),
  handle: async (event, { project, caller: { link = null } }) => {
    const projectName = readProjectName(event);
    if (project === undefined) throw projectUnknown(projectName);
    const [asked, nowMs] = [{ projectId: project.projectId, projectName }, Date.now()];
    return answerStatements(event, projectName, projectReads.lateDays, {
      focus: statements.focus,
      list: () => readStatements(pool, asked, statements.timezone, nowMs),
      page: (statement) =>
        pages.writeStatement({ projectName, link, statement }, languageOf(event)),
      one: (month) => readStatement(pool, asked, month, statements.timezone, nowMs),
    });
  },
});
