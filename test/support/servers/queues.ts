import { randomUUID } from "node:crypto";
import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { SQSEvent, SQSRecord } from "aws-lambda";
import type { Measurement } from "../../../lib/billing/measurement.ts";
import { createSqsClient } from "../../../lib/sqs/client.ts";
import { decodeMessage } from "../../../lib/sqs/message.ts";
import { readServiceDefinition } from "../../../localstack/functions/service-definition.ts";
import { ensureQueues } from "../../../localstack/queues/ensure-queues.ts";
import { sqsVariable } from "./servers.ts";

export interface TestQueues {
  readonly client: SQSClient;
  readonly endpoint: string;
  readonly measurementsUrl: string;
  readonly deadLettersUrl: string;
}

/** The service's queues, as serverless.yml defines them, under names of their own. */
export async function createQueues(visibilityTimeoutSeconds?: number): Promise<TestQueues> {
  const endpoint = process.env[sqsVariable];
  if (endpoint === undefined) throw new Error(`${sqsVariable} is not set`);
  const client = createSqsClient(endpoint);
  const file = new URL("../../../serverless.yml", import.meta.url);
  const { queues: definitions } = await readServiceDefinition(
    file,
    `test-${randomUUID().slice(0, 8)}`,
  );
  const queues = await ensureQueues(client, definitions, {
    endpoint,
    overwrite: false,
    visibilityTimeoutSeconds,
  });
  return {
    client,
    endpoint,
    measurementsUrl: queues.get("MeasurementsQueue")?.url ?? "",
    deadLettersUrl: queues.get("DeadLetterQueue")?.url ?? "",
  };
}

/** Takes all messages that can be received now: however long a test takes, none comes again. */
export async function receiveAll(client: SQSClient, queueUrl: string): Promise<readonly Message[]> {
  const messages: Message[] = [];
  for (;;) {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ["All"],
        WaitTimeSeconds: 0,
      }),
    );
    if (Messages.length === 0) return messages;
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({
      Id: String(index),
      ReceiptHandle,
    }));
    await client.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
    messages.push(...Messages);
  }
}

/** All measurements that were queued since the last time. */
export async function receiveMeasurements(queues: TestQueues): Promise<readonly Measurement[]> {
  const messages = await receiveAll(queues.client, queues.measurementsUrl);
  return messages.flatMap(({ Body = "" }) => decodeMessage(Body).measurements);
}

/** The event with which AWS hands these bodies to a function. */
export const sqsEvent = (...bodies: string[]): SQSEvent => ({
  Records: bodies.map(
    (body, index): SQSRecord => ({
      messageId: `message-${index}`,
      receiptHandle: `receipt-${index}`,
      body,
      attributes: {
        ApproximateReceiveCount: "1",
        SentTimestamp: "0",
        SenderId: "test",
        ApproximateFirstReceiveTimestamp: "0",
      },
      messageAttributes: {},
      md5OfBody: "",
      eventSource: "aws:sqs",
      eventSourceARN: "arn:aws:sqs:eu-central-1:123456789012:test",
      awsRegion: "eu-central-1",
    }),
  ),
});
