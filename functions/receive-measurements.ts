import { loadConfig } from "../lib/config.ts";
import { receiveRequest } from "../lib/http/ingest/receive-request.ts";
import { keySource } from "../lib/http/stack/api-keys.ts";
import { httpFunction } from "../lib/http/stack/http-function.ts";
import { RateLimiter } from "../lib/http/stack/rate-limiter.ts";
import { logger } from "../lib/logger.ts";
import { createSqsClient } from "../lib/sqs/client.ts";
import { measurementQueue } from "../lib/sqs/measurement-queue.ts";

const config = loadConfig([
  "apiKeys",
  "anonymousScopes",
  "requestsPerMinute",
  "metrics",
  "lateDays",
  "projectWhitelist",
  "measurementsQueueUrl",
  "sqsEndpoint",
]);
const queue = measurementQueue(createSqsClient(config.sqsEndpoint), config.measurementsQueueUrl);
const { requestsPerMinute } = config;

export const handler = httpFunction({
  scope: "ingest",
  keys: keySource(config),
  rateLimiter: requestsPerMinute > 0 ? new RateLimiter(requestsPerMinute, Date.now) : undefined,
  logger,
  handle: (event, context) => receiveRequest(event, context, config, queue),
});
