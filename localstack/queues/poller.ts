import { setTimeout as sleep } from "node:timers/promises";
import { type Message, ReceiveMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { Consumer } from "sqs-consumer";
import { invokeFunction, payloadBytesMax } from "../functions/invoke-function.ts";
import type { QueueTrigger } from "../functions/service-definition.ts";
import { deletableMessages } from "./deletable-messages.ts";
import type { Queue } from "./ensure-queues.ts";
import { toEvent } from "./sqs-event.ts";

export interface PollerSettings {
  readonly client: SQSClient;
  readonly queue: Queue;
  readonly trigger: QueueTrigger;
  /** Base URL of the invocation API. */
  readonly invocationEndpoint: string;
  readonly log: (line: string) => void;
}

const everything = {
  MessageAttributeNames: ["All"],
  MessageSystemAttributeNames: ["All" as const],
};
// AWS polls for 20 s; a shorter poll notices a lost connection sooner.
const longPollSeconds = 10;
const gatherEveryMs = 200;
const stopMsMax = 5_000;

/**
 * Invokes the function with the messages of the queue, as AWS does. A batch goes out when it is full or
 * when its window ends. Messages that the function does not report as failed are deleted; the others, and
 * all of a batch whose invocation fails, are received again after the visibility timeout, until the
 * queue's redrive policy makes them dead letters. Each poller makes one invocation at a time, so there are
 * as many pollers as the trigger allows concurrent invocations.
 */
export function startPoller(settings: PollerSettings): AsyncDisposable {
  const pollers = Array.from({ length: settings.trigger.concurrencyMax }, () => pollOne(settings));
  return {
    [Symbol.asyncDispose]: async () => {
      await Promise.all(pollers.map((poller) => poller[Symbol.asyncDispose]()));
    },
  };
}

function pollOne(settings: PollerSettings): AsyncDisposable {
  const { client, queue, trigger, log } = settings;
  let working: PromiseWithResolvers<void> | undefined;
  const consumer = Consumer.create({
    sqs: client,
    queueUrl: queue.url,
    batchSize: trigger.batchSize,
    waitTimeSeconds: longPollSeconds,
    messageAttributeNames: everything.MessageAttributeNames,
    messageSystemAttributeNames: everything.MessageSystemAttributeNames,
    handleMessageBatch: async (received) => {
      working = Promise.withResolvers();
      return deliver(settings, await gather(settings, received));
    },
  });
  consumer.on("response_processed", () => {
    working?.resolve();
    working = undefined;
  });
  // While the queue server is away, polling fails several times a second: the same error is logged once.
  let lastError = "";
  consumer.on("error", ({ message }) => {
    if (message !== lastError && consumer.status.isRunning) log(`poller: ${message}`);
    lastError = message;
  });
  consumer.start();
  return {
    [Symbol.asyncDispose]: async () => {
      // A batch that was received is finished and deleted; only a waiting long poll is aborted.
      consumer.stop({ abort: !working });
      await Promise.race([working?.promise, sleep(stopMsMax, undefined, { ref: false })]);
    },
  };
}

/** Adds messages that arrive within the window, until the batch is full. */
async function gather(
  { client, queue, trigger }: PollerSettings,
  received: readonly Message[],
): Promise<readonly Message[]> {
  const batch = [...received];
  const until = performance.now() + trigger.windowSeconds * 1000;
  while (batch.length < trigger.batchSize && performance.now() < until) {
    await sleep(Math.max(0, Math.min(gatherEveryMs, until - performance.now())));
    const { Messages } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: queue.url,
        MaxNumberOfMessages: trigger.batchSize - batch.length,
        WaitTimeSeconds: 0,
        ...everything,
      }),
    );
    batch.push(...(Messages ?? []));
  }
  return batch;
}

/** Invokes the function and returns the messages that may be deleted. */
async function deliver(
  { queue, trigger, invocationEndpoint, log }: PollerSettings,
  batch: readonly Message[],
): Promise<Message[]> {
  const done: Message[] = [];
  const target = { ...trigger, endpoint: invocationEndpoint };
  for (const messages of withinPayload(batch, queue.arn)) {
    try {
      const answer = await invokeFunction(target, JSON.stringify(toEvent(messages, queue.arn)));
      const deletable = deletableMessages(messages, answer);
      done.push(...deletable);
      const failed = messages.length - deletable.length;
      if (failed > 0) log(`poller: ${failed} of ${messages.length} messages failed and come again`);
    } catch (error) {
      log(`poller: all ${messages.length} messages come again: ${error}`);
    }
  }
  return done;
}

/** Splits the batch at 6 MB, as AWS does: a larger event is refused, and its messages would become dead letters. */
function withinPayload(batch: readonly Message[], arn: string): Message[][] {
  const parts: Message[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const message of batch) {
    const size = Buffer.byteLength(JSON.stringify(toEvent([message], arn)));
    if (bytes + size > payloadBytesMax) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)?.push(message);
    bytes += size;
  }
  return parts;
}
