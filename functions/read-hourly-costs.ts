import { loadConfig } from "../lib/config.ts";
import { projectUnknown, readProjectName } from "../lib/http/credits.ts";
import { readFocusSettings } from "../lib/http/focus.ts";
import { costsAnswer, costsFreshness, readCostsQuery } from "../lib/http/hourly-costs.ts";
import { costsCsv } from "../lib/http/hourly-costs-csv.ts";
import { costsFocus } from "../lib/http/hourly-costs-focus.ts";
import { readProjectReads } from "../lib/http/http-settings.ts";
import { readKeySource } from "../lib/http/stack/api-keys.ts";
import { httpFunction } from "../lib/http/stack/http-function.ts";
import { logger } from "../lib/logger.ts";
import { readDatabase } from "../lib/postgres/database/database-settings.ts";
import { createPool } from "../lib/postgres/database/pool.ts";
import { readHourlyCosts } from "../lib/postgres/reading/hourly-costs.ts";
import { readTariffsInForce } from "../lib/postgres/reading/prices.ts";
import { projectStates } from "../lib/postgres/reading/project-state.ts";

const readers = { keys: readKeySource, database: readDatabase, projectReads: readProjectReads };
const config = loadConfig({ ...readers, focus: readFocusSettings });
const pool = createPool(config.database, { connectionsMax: 2, statementTimeoutMs: 10_000 });

export const handler = httpFunction({
  scope: "read",
  keys: config.keys,
  reads: { ...config.projectReads, state: projectStates(pool), freshness: costsFreshness },
  logger,
  handle: async (event) => {
    const nowMs = Date.now();
    const asked = readCostsQuery(event, readProjectName(event), nowMs);
    const costs = await readHourlyCosts(pool, asked);
    if (costs === undefined) throw projectUnknown(asked.projectName);
    if (asked.format !== "json") {
      const tariffOf = await readTariffsInForce(pool);
      return asked.format === "focus"
        ? costsFocus(asked, costs, tariffOf, config.focus)
        : costsCsv(asked, costs, tariffOf, asked.format);
    }
    const before = asked.previous && (await readHourlyCosts(pool, { ...asked, ...asked.previous }));
    return costsAnswer(asked, costs, before, nowMs);
  },
});
