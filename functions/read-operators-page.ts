import { loadConfig } from "../lib/config.ts";
import { readOperatorsQuery } from "../lib/http/operators-query.ts";
import { languageOf, refusedPage } from "../lib/http/page-query.ts";
import { pageOf, readListSettings, readProjectsQuery } from "../lib/http/projects.ts";
import { sitesOf } from "../lib/http/sites.ts";
import { pageAnswer } from "../lib/http/stack/answer.ts";
import { readKeySource } from "../lib/http/stack/api-keys.ts";
import { httpFunction } from "../lib/http/stack/http-function.ts";
import { readLinkKeys } from "../lib/http/stack/signed-token.ts";
import { logger } from "../lib/logger.ts";
import { readDatabase } from "../lib/postgres/database/database-settings.ts";
import { createPool } from "../lib/postgres/database/pool.ts";
import { readProjects } from "../lib/postgres/reading/projects.ts";
import { readSites } from "../lib/postgres/reading/sites.ts";
import { pageWriter } from "../lib/web/pages.ts";

const readers = { keys: readKeySource, database: readDatabase, sessionKeys: readLinkKeys };
const config = loadConfig({ ...readers, list: readListSettings });
const pool = createPool(config.database, { connectionsMax: 2, statementTimeoutMs: 10_000 });
const pages = pageWriter();

export const handler = httpFunction({
  scope: "read",
  keys: config.keys,
  sessionKeys: config.sessionKeys,
  reads: "what the key may see",
  logger,
  writeProblem: (problem, event) => pages.refuse(refusedPage(problem, event), languageOf(event)),
  handle: async (event, { caller }) => {
    const nowMs = Date.now();
    const { timezone, kept: query } = readOperatorsQuery(event);
    const asked = readProjectsQuery(event, caller, config.list, nowMs);
    const found = await readProjects(pool, { ...asked, limit: asked.limit + 1 });
    const { page, nextCursor } = pageOf(found.projects, asked.limit, query);
    const sites = sitesOf(await readSites(pool), caller);
    const shown = { timezone, query, nextCursor, sites, noticeDays: config.list.noticeDays, nowMs };
    const projects = { ...found, projects: page };
    return pageAnswer(200, pages.writeOperators({ ...shown, found: projects }, languageOf(event)));
  },
});
