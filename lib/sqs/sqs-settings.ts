import { type ReadVariable, required, text } from "../config.ts";

export interface QueueSettings {
  readonly url: string;
  /** undefined: AWS's own. */
  readonly endpoint: string | undefined;
}

export const readMeasurementsQueue = (read: ReadVariable): QueueSettings => ({
  url: required(read, "MEASUREMENTS_QUEUE_URL"),
  endpoint: text(read, "SQS_ENDPOINT"),
});

export interface BillerQueues {
  readonly measurementsUrl: string;
  readonly deadLettersUrl: string;
  /** undefined: AWS's own. */
  readonly endpoint: string | undefined;
}

export const readBillerQueues = (read: ReadVariable): BillerQueues => ({
  measurementsUrl: required(read, "MEASUREMENTS_QUEUE_URL"),
  deadLettersUrl: required(read, "DEAD_LETTER_QUEUE_URL"),
  endpoint: text(read, "SQS_ENDPOINT"),
});
