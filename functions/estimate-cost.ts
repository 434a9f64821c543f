import { loadConfig } from "../lib/config.ts";
import { estimateRequest } from "../lib/http/prices.ts";
import { keySource } from "../lib/http/stack/api-keys.ts";
import { httpFunction } from "../lib/http/stack/http-function.ts";
import { logger } from "../lib/logger.ts";

const config = loadConfig(["apiKeys", "anonymousScopes", "metrics", "precision"]);

export const handler = httpFunction({
  scope: "read",
  keys: keySource(config),
  logger,
  handle: async (event) => estimateRequest(event, config.metrics, config.precision),
});
