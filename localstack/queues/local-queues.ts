import { join } from "node:path";
import type { SQSClient } from "@aws-sdk/client-sqs";
import { createSqsClient } from "../../lib/sqs/client.ts";
import type { QueueDefinition } from "../functions/service-definition.ts";
import { errorCode, StartFailure } from "../machine/start-failure.ts";
import type { Settings } from "../settings/settings.ts";
import { startEmbeddedSqs } from "./embedded-sqs.ts";
import { ensureQueues, type Queue, type QueueOptions } from "./ensure-queues.ts";

export interface LocalQueues extends AsyncDisposable {
  readonly endpoint: string;
  readonly client: SQSClient;
  readonly queues: ReadonlyMap<string, Queue>;
}

/** The service's queues on the embedded server, or on the one of `SQS_ENDPOINT`. */
export async function openQueues(
  settings: Settings,
  definitions: readonly QueueDefinition[],
): Promise<LocalQueues> {
  const { sqsEndpoint, localDir, visibilityTimeoutSeconds } = settings;
  const embedded = sqsEndpoint ? undefined : await startEmbeddedSqs(join(localDir, "sqs"));
  const endpoint = sqsEndpoint ?? embedded?.endpoint ?? "";
  // The same client as in the functions, because a queue server keeps the queues of each region apart.
  const client = createSqsClient(endpoint);
  const options = { endpoint, overwrite: embedded !== undefined, visibilityTimeoutSeconds };
  const queues = await makeQueues(client, definitions, options);
  await embedded?.returnUnfinished(client, queues.values());
  return {
    endpoint,
    client,
    queues,
    [Symbol.asyncDispose]: async () => {
      client.destroy();
      await embedded?.[Symbol.asyncDispose]();
    },
  };
}

async function makeQueues(
  client: SQSClient,
  definitions: readonly QueueDefinition[],
  options: QueueOptions,
): Promise<ReadonlyMap<string, Queue>> {
  try {
    return await ensureQueues(client, definitions, options);
  } catch (cause) {
    throw new StartFailure(
      `The queues at ${options.endpoint} cannot be made or used (${errorCode(cause)}): start the server or correct SQS_ENDPOINT, or unset it to use the embedded one.`,
      { cause },
    );
  }
}
