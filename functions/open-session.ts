import { loadConfig } from "../lib/config.ts";
import { languageOf, refusedPage } from "../lib/http/page-query.ts";
import { openSession } from "../lib/http/session.ts";
import { readKeySource } from "../lib/http/stack/api-keys.ts";
import { httpFunction } from "../lib/http/stack/http-function.ts";
import { readLinkKeys } from "../lib/http/stack/signed-token.ts";
import { logger } from "../lib/logger.ts";
import { pageWriter } from "../lib/web/pages.ts";

const config = loadConfig({ keys: readKeySource, linkKeys: readLinkKeys });
const pages = pageWriter();

export const handler = httpFunction({
  scope: null,
  logger,
  writeProblem: (problem, event) => pages.refuse(refusedPage(problem, event), languageOf(event)),
  handle: (event) => openSession(event, config.keys, config.linkKeys, Date.now()),
});
