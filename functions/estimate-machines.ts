import { loadConfig } from "../lib/config.ts";
import { estimateMachines } from "../lib/http/estimates.ts";
import { readKeySource } from "../lib/http/stack/api-keys.ts";
import { httpFunction } from "../lib/http/stack/http-function.ts";
import { logger } from "../lib/logger.ts";
import { readMetrics } from "../lib/settings/metrics.ts";

const config = loadConfig({ keys: readKeySource, metrics: readMetrics });

export const handler = httpFunction({
  scope: "read",
  keys: config.keys,
  reads: "prices",
  logger,
  handle: async (event) => estimateMachines(event, config.metrics, Date.now()),
});
