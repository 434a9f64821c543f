import { createHash } from "node:crypto";
import {
  CreateQueueCommand,
  PurgeQueueCommand,
  type SendMessageBatchCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { startFauxqs } from "fauxqs";
import { loadConfig } from "../../../lib/config.ts";
import { readProjectWhitelist } from "../../../lib/http/http-settings.ts";
import { receiveRequest } from "../../../lib/http/ingest/receive-request.ts";
import type { HttpAnswer } from "../../../lib/http/stack/answer.ts";
import { readKeySource } from "../../../lib/http/stack/api-keys.ts";
import { httpFunction } from "../../../lib/http/stack/http-function.ts";
import { logger } from "../../../lib/logger.ts";
import { readLateDays } from "../../../lib/settings/days.ts";
import { readMetrics } from "../../../lib/settings/metrics.ts";
import { createSqsClient } from "../../../lib/sqs/client.ts";
import { measurementQueue } from "../../../lib/sqs/measurement-queue.ts";
import { lambdaContext } from "../../support/http-event.ts";
import { benchKey } from "./payloads.ts";

export type Receive = (event: APIGatewayProxyEventV2) => Promise<HttpAnswer>;

logger.level = "silent";

/** The recordings age, and a benchmark sends more than a rate limit lets through. */
const environment = {
  API_KEYS: JSON.stringify([
    {
      id: "bench",
      scope: "ingest",
      sha256: createHash("sha256").update(benchKey).digest("hex"),
    },
  ]),
  LATE_DAYS: "36500",
  RATE_LIMIT_PER_MINUTE: "0",
};

/** Takes every message at once: what SQS needs to take them is not this program's. */
const nowhere = {
  send: async ({ input: { Entries = [] } }: SendMessageBatchCommand) => ({ Successful: Entries }),
} as unknown as SQSClient;

/**
 * The function as functions/receive-measurements.ts wires it (key, decoding, checks, messages, answer),
 * but for the client of SQS.
 */
export function receiveIntoNothing(): Receive {
  const config = loadConfig(
    {
      keys: readKeySource,
      metrics: readMetrics,
      lateDays: readLateDays,
      projectWhitelist: readProjectWhitelist,
    },
    environment,
  );
  const queue = measurementQueue(nowhere, "nowhere");
  const handler = httpFunction({
    scope: "ingest",
    keys: config.keys,
    logger,
    handle: (event, context) => receiveRequest(event, context, config, queue),
  });
  return (event) => handler(event, lambdaContext);
}

export interface QueueReceiver extends AsyncDisposable {
  readonly receive: Receive;
  readonly empty: () => Promise<void>;
}

/** The function itself, and an SQS in the same process, which takes its share of the same core. */
export async function receiveIntoSqs(): Promise<QueueReceiver> {
  const server = await startFauxqs({ port: 0, logger: false });
  const endpoint = `http://127.0.0.1:${server.port}`;
  const client = createSqsClient(endpoint);
  const { QueueUrl = "" } = await client.send(new CreateQueueCommand({ QueueName: "bench" }));
  const variables = { SQS_ENDPOINT: endpoint, MEASUREMENTS_QUEUE_URL: QueueUrl };
  Object.assign(process.env, environment, variables);
  const { handler } = await import("../../../functions/receive-measurements.ts");
  return {
    receive: (event) => handler(event, lambdaContext),
    async empty() {
      await client.send(new PurgeQueueCommand({ QueueUrl }));
    },
    async [Symbol.asyncDispose]() {
      client.destroy();
      await server.stop();
    },
  };
}
