import type { Message } from "@aws-sdk/client-sqs";
import { z } from "zod";

/** The function's answer does not say which messages failed, so all of them count as failed. */
export class MalformedBatchAnswer extends Error {
  override readonly name = "MalformedBatchAnswer";
}

// No answer at all and an answer without failures both mean success.
const batchAnswer = z
  .object({
    batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })).nullish(),
  })
  .nullish();

/**
 * The messages that the function has not reported as failed. Throws `MalformedBatchAnswer` where AWS
 * counts all as failed: for an answer of another shape, and for an identifier that is not of this batch.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function deletableMessages(messages: readonly Message[], answer: unknown): Message[] {
  const parsed = batchAnswer.safeParse(answer);
  if (!parsed.success) {
    throw new MalformedBatchAnswer("the answer is not a list of batchItemFailures");
  }
  const failed = new Set(parsed.data?.batchItemFailures?.map((item) => item.itemIdentifier));
  const ids = new Set(messages.map((message) => message.MessageId));
  for (const id of failed) {
    if (!ids.has(id)) {
      throw new MalformedBatchAnswer(`itemIdentifier ${JSON.stringify(id)} is not of this batch`);
    }
  }
  return messages.filter((message) => !failed.has(message.MessageId ?? ""));
}
