import { loadConfig } from "../lib/config.ts";
import { projectUnknown, readProjectName } from "../lib/http/credits.ts";
import { explainedAnswer, hourFreshness, readHourQuestion } from "../lib/http/explain.ts";
import { readProjectReads } from "../lib/http/http-settings.ts";
import { languageOf, refusedPage } from "../lib/http/page-query.ts";
import { pageAnswer } from "../lib/http/stack/answer.ts";
import { readKeySource } from "../lib/http/stack/api-keys.ts";
import { httpFunction } from "../lib/http/stack/http-function.ts";
import { wantsPage } from "../lib/http/stack/wants-page.ts";
import { logger } from "../lib/logger.ts";
import { readDatabase } from "../lib/postgres/database/database-settings.ts";
import { createPool } from "../lib/postgres/database/pool.ts";
import { readExplainedHour } from "../lib/postgres/reading/explained-hour.ts";
import { projectStates } from "../lib/postgres/reading/project-state.ts";
import { pageWriter } from "../lib/web/pages.ts";

const readers = { keys: readKeySource, database: readDatabase, projectReads: readProjectReads };
const config = loadConfig(readers);
const pool = createPool(config.database, { connectionsMax: 2, statementTimeoutMs: 10_000 });
const pages = pageWriter();
const freshness = hourFreshness(pages.assets);

export const handler = httpFunction({
  scope: "read",
  keys: config.keys,
  reads: { ...config.projectReads, state: projectStates(pool), freshness },
  logger,
  writeProblem: (problem, event) => pages.refuse(refusedPage(problem, event), languageOf(event)),
  handle: async (event, { project, caller: { link = null } }) => {
    const projectName = readProjectName(event);
    const asked = readHourQuestion(event, projectName);
    if (project === undefined) throw projectUnknown(projectName);
    const explained = await readExplainedHour(pool, projectName, asked.scope, asked.hour);
    if (!wantsPage(event)) return explainedAnswer(explained, asked);
    const page = { ...asked, projectName, link, explained };
    return pageAnswer(200, pages.writeHour(page, languageOf(event)));
  },
});
