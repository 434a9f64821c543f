import { setTimeout as sleep } from "node:timers/promises";
import { GetQueueAttributesCommand, GetQueueUrlCommand } from "@aws-sdk/client-sqs";
import { createSqsClient } from "../../../lib/sqs/client.ts";

const emptyMsMax = 120_000;

/** How many messages a queue holds: waiting, and received but not yet deleted. */
export async function countMessages(endpoint: string, name: string): Promise<number> {
  const client = createSqsClient(endpoint);
  try {
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: name }));
    const path = new URL(QueueUrl ?? "").pathname;
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({
        QueueUrl: new URL(path, endpoint).href,
        AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
      }),
    );
    return Object.values(Attributes ?? {}).reduce((sum, count) => sum + Number(count), 0);
  } finally {
    client.destroy();
  }
}

export const measurementsQueue = (stage: string) => `openstack-credits-${stage}-measurements`;
export const deadLetterQueue = (stage: string) => `${measurementsQueue(stage)}-dead-letters`;

/** Resolves when everything that was accepted has been billed or put aside. */
export async function untilProcessed(endpoint: string, stage: string): Promise<void> {
  const until = performance.now() + emptyMsMax;
  while ((await countMessages(endpoint, measurementsQueue(stage))) > 0) {
    if (performance.now() > until) throw new Error("messages are left on the queue");
    await sleep(100);
  }
}
