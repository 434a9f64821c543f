import { createSqsClient } from "./client.ts";
import { sendDeadLetter } from "./dead-letters.ts";
import type { BatchSteps } from "./process-batch.ts";
import { returnSoon } from "./return-soon.ts";
import type { BillerQueues } from "./sqs-settings.ts";

/** Where messages go that are not done: back to their queue, or to the dead letters. */
export function messageReturns({
  endpoint,
  measurementsUrl,
  deadLettersUrl,
}: BillerQueues): Pick<BatchSteps<unknown>, "returnSoon" | "sendDeadLetter"> {
  const client = createSqsClient(endpoint);
  return {
    returnSoon: returnSoon(client, measurementsUrl),
    sendDeadLetter: sendDeadLetter(client, deadLettersUrl),
  };
}
