import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  QueueDoesNotExist,
  SetQueueAttributesCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { QueueDefinition } from "../functions/service-definition.ts";

export interface Queue {
  readonly url: string;
  readonly arn: string;
}

export interface QueueOptions {
  /** Base URL of the queue server; the queues' URLs begin with it. */
  readonly endpoint: string;
  /** Whether existing queues get the definition's attributes. */
  readonly overwrite: boolean;
  /** Replaces the definition's, so that a test need not wait six minutes for a second delivery. */
  readonly visibilityTimeoutSeconds?: number | undefined;
}

/** Makes missing queues, dead-letter queues first, and returns all by their logical id in the definition. */
export async function ensureQueues(
  client: SQSClient,
  definitions: readonly QueueDefinition[],
  options: QueueOptions,
): Promise<ReadonlyMap<string, Queue>> {
  const queues = new Map<string, Queue>();
  const inOrder = [...definitions].sort((a, b) => Number(!!a.redrive) - Number(!!b.redrive));
  for (const definition of inOrder) {
    const attributes = attributesOf(definition, queues, options.visibilityTimeoutSeconds);
    queues.set(
      definition.logicalId,
      await ensureQueue(client, definition.name, attributes, options),
    );
  }
  return queues;
}

function attributesOf(
  { attributes, redrive }: QueueDefinition,
  queues: ReadonlyMap<string, Queue>,
  visibilityTimeoutSeconds?: number,
): Record<string, string> {
  const result: Record<string, string> = { ...attributes };
  if (redrive) {
    result["RedrivePolicy"] = JSON.stringify({
      deadLetterTargetArn: queues.get(redrive.deadLetterLogicalId)?.arn,
      maxReceiveCount: redrive.maxReceiveCount,
    });
    if (visibilityTimeoutSeconds !== undefined) {
      result["VisibilityTimeout"] = String(visibilityTimeoutSeconds);
    }
  }
  return result;
}

async function ensureQueue(
  client: SQSClient,
  name: string,
  attributes: Record<string, string>,
  { endpoint, overwrite }: QueueOptions,
): Promise<Queue> {
  const existing = await queueUrl(client, name);
  const url = existing ?? (await createQueue(client, name, attributes));
  if (existing && overwrite) {
    await client.send(
      new SetQueueAttributesCommand({ QueueUrl: existing, Attributes: attributes }),
    );
  }
  const answer = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["QueueArn"] }),
  );
  return {
    // The answer's host may be a name that does not resolve here, or have the port of an earlier start.
    url: new URL(new URL(url).pathname, endpoint).href,
    arn: answer.Attributes?.QueueArn ?? "",
  };
}

async function createQueue(
  client: SQSClient,
  name: string,
  attributes: Record<string, string>,
): Promise<string> {
  const { QueueUrl } = await client.send(
    new CreateQueueCommand({ QueueName: name, Attributes: attributes }),
  );
  if (!QueueUrl) throw new Error(`queue ${name} was made without a URL`);
  return QueueUrl;
}

async function queueUrl(client: SQSClient, name: string): Promise<string | undefined> {
  try {
    return (await client.send(new GetQueueUrlCommand({ QueueName: name }))).QueueUrl;
  } catch (error) {
    if (error instanceof QueueDoesNotExist) return undefined;
    throw error;
  }
}
