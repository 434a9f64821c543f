import { loadConfig } from "../lib/config.ts";
import { adjustmentAnswer, readAdjustment } from "../lib/http/grants-and-adjustments.ts";
import { readKeySource } from "../lib/http/stack/api-keys.ts";
import { httpFunction } from "../lib/http/stack/http-function.ts";
import { logger } from "../lib/logger.ts";
import { readDatabase } from "../lib/postgres/database/database-settings.ts";
import { createPool } from "../lib/postgres/database/pool.ts";
import { withAdjustments } from "../lib/postgres/grants/grants-and-adjustments.ts";
import { bookAdjustment } from "../lib/usecases/grants/book-adjustment.ts";

const config = loadConfig({ keys: readKeySource, database: readDatabase });
const limits = { connectionsMax: 2, statementTimeoutMs: 10_000 };
const adjustments = withAdjustments(createPool(config.database, limits));

export const handler = httpFunction({
  scope: "admin",
  keys: config.keys,
  logger,
  handle: async (event, { caller }) => {
    const { adjustment, keyed } = readAdjustment(event, caller);
    return adjustmentAnswer(await bookAdjustment(adjustment, keyed, adjustments));
  },
});
