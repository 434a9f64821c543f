import { loadConfig } from "../lib/config.ts";
import { metricsAnswer } from "../lib/http/credit-answers.ts";
import { httpFunction } from "../lib/http/stack/http-function.ts";
import { logger } from "../lib/logger.ts";

const config = loadConfig(["apiKeys", "anonymousScopes", "metrics"]);

export const handler = httpFunction({
  scope: "read",
  keys: config,
  logger,
  handle: async () => metricsAnswer(config.metrics, Date.now()),
});
