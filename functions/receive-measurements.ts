import { loadConfig } from "../lib/config.ts";
import {
  readProjectWhitelist,
  readRequestsPerMinute,
  readSamplesPerMinute,
} from "../lib/http/http-settings.ts";
import { receiveRequest } from "../lib/http/ingest/receive-request.ts";
import { readKeySource } from "../lib/http/stack/api-keys.ts";
import { httpFunction } from "../lib/http/stack/http-function.ts";
import { RateLimiter } from "../lib/http/stack/rate-limiter.ts";
import { logger } from "../lib/logger.ts";
import { readLateDays } from "../lib/settings/days.ts";
import { readMetrics } from "../lib/settings/metrics.ts";
import { createSqsClient } from "../lib/sqs/client.ts";
import { measurementQueue } from "../lib/sqs/measurement-queue.ts";
import { readMeasurementsQueue } from "../lib/sqs/sqs-settings.ts";

const config = loadConfig({
  keys: readKeySource,
  requestsPerMinute: readRequestsPerMinute,
  samplesPerMinute: readSamplesPerMinute,
  metrics: readMetrics,
  lateDays: readLateDays,
  projectWhitelist: readProjectWhitelist,
  queue: readMeasurementsQueue,
});
const queue = measurementQueue(createSqsClient(config.queue.endpoint), config.queue.url);
const limiterOf = (perMinute: number) => (perMinute > 0 ? new RateLimiter(perMinute) : undefined);

export const handler = httpFunction({
  scope: "ingest",
  keys: config.keys,
  rateLimiter: limiterOf(config.requestsPerMinute),
  sampleLimiter: limiterOf(config.samplesPerMinute),
  logger,
  handle: (event, context) => receiveRequest(event, context, config, queue),
});
