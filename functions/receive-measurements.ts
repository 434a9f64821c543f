import { loadConfig } from "../lib/config.ts";
import { httpFunction } from "../lib/http/http-function.ts";
import { receiveRequest } from "../lib/http/receive-request.ts";
import { logger } from "../lib/logger.ts";
import { createSqsClient } from "../lib/sqs/client.ts";
import { measurementQueue } from "../lib/sqs/measurement-queue.ts";

const config = loadConfig([
  "apiKeys",
  "anonymousScopes",
  "metrics",
  "lateDays",
  "projectWhitelist",
  "measurementsQueueUrl",
  "sqsEndpoint",
]);
const queue = measurementQueue(createSqsClient(config.sqsEndpoint), config.measurementsQueueUrl);

export const handler = httpFunction({
  scope: "ingest",
  keys: config,
  logger,
  handle: (event, caller) => receiveRequest(event, caller, config, queue),
});
