/**
 * A biller as a process of its own, to be killed at any moment: takes batches from the queue named by
 * the environment, hands them to the function, deletes what succeeded, for ever.
 */
import { flushCompileCache } from "node:module";
import { DeleteMessageBatchCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { createSqsClient } from "../../../lib/sqs/client.ts";
import { sqsEvent } from "../servers/queues.ts";

const client = createSqsClient(process.env["SQS_ENDPOINT"]);
const QueueUrl = process.env["MEASUREMENTS_QUEUE_URL"] ?? "";
const { handler } = await import("../../../functions/bill-measurements.ts");
// A process that is killed writes nothing at its end, and the next one would compile all of it again.
flushCompileCache();

for (;;) {
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
  );
  if (Messages.length === 0) continue;
  const { batchItemFailures } = await handler(sqsEvent(...Messages.map(({ Body = "" }) => Body)));
  const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  const Entries = Messages.flatMap(({ ReceiptHandle }, index) =>
    failed.has(`message-${index}`) ? [] : [{ Id: String(index), ReceiptHandle }],
  );
  if (Entries.length > 0) await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
}
