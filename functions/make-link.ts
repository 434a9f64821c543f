import { loadConfig } from "../lib/config.ts";
import { linkAnswer, readLinkOrder, readLinkSettings } from "../lib/http/links.ts";
import { readKeySource } from "../lib/http/stack/api-keys.ts";
import { httpFunction } from "../lib/http/stack/http-function.ts";
import { logger } from "../lib/logger.ts";
import { readDatabase } from "../lib/postgres/database/database-settings.ts";
import { createPool } from "../lib/postgres/database/pool.ts";
import { projectStates } from "../lib/postgres/reading/project-state.ts";

const config = loadConfig({ keys: readKeySource, database: readDatabase, links: readLinkSettings });
const pool = createPool(config.database, { connectionsMax: 2, statementTimeoutMs: 10_000 });
const stateOf = projectStates(pool);

export const handler = httpFunction({
  scope: "read",
  keys: config.keys,
  reads: "what the key may see",
  logger,
  handle: async (event, { caller, tell }) => {
    const order = readLinkOrder(event, config.links.daysMax);
    tell({ project: order.projectName, days: order.days });
    const project = await stateOf(order.projectName);
    return linkAnswer(order, project, caller, config.links, Date.now());
  },
});
