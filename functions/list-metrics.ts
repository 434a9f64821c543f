import { loadConfig } from "../lib/config.ts";
import { metricsAnswer } from "../lib/http/prices.ts";
import { keySource } from "../lib/http/stack/api-keys.ts";
import { httpFunction } from "../lib/http/stack/http-function.ts";
import { logger } from "../lib/logger.ts";

const config = loadConfig(["apiKeys", "anonymousScopes", "metrics"]);

export const handler = httpFunction({
  scope: "read",
  keys: keySource(config),
  logger,
  handle: async () => metricsAnswer(config.metrics, Date.now()),
});
