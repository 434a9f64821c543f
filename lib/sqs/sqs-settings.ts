import { type ReadVariable, required, text } from "../config.ts";

export interface QueueSettings {
  readonly url: string;
  /** undefined: AWS's own. */
  readonly endpoint: string | undefined;
}

export const readMeasurementsQueue = (read: ReadVariable): QueueSettings =>
  readQueue(read, "MEASUREMENTS_QUEUE_URL");

export const readDeadLetterQueue = (read: ReadVariable): QueueSettings =>
  readQueue(read, "DEAD_LETTER_QUEUE_URL");

const readQueue = (read: ReadVariable, variable: string): QueueSettings => ({
  url: required(read, variable),
  endpoint: text(read, "SQS_ENDPOINT"),
});
