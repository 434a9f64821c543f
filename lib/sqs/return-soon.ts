import { ChangeMessageVisibilityBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { SQSRecord } from "aws-lambda";

// Meanwhile other messages have their turn.
const returnSeconds = 5;

/** Lets messages that were received, ten at most, come again in a moment. */
export const returnSoon =
  (client: SQSClient, queueUrl: string) =>
  async (records: readonly SQSRecord[]): Promise<void> => {
    await client.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl: queueUrl,
        Entries: records.map(({ receiptHandle }, index) => ({
          Id: String(index),
          ReceiptHandle: receiptHandle,
          VisibilityTimeout: returnSeconds,
        })),
      }),
    );
  };
