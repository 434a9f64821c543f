import { createServer, type Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "@jest/globals";
import type { SQSEvent } from "aws-lambda";
import { startFauxqs } from "fauxqs";
import { createSqsClient } from "../../lib/sqs/client.ts";
import type { QueueTrigger } from "../../localstack/functions/service-definition.ts";
import { ensureQueues, type Queue } from "../../localstack/queues/ensure-queues.ts";
import { startPoller } from "../../localstack/queues/poller.ts";

/** An answer of the invocation API: the function's own answer, or that it failed. */
export interface Answer {
  readonly status?: number;
  readonly failed?: boolean;
  readonly body: unknown;
}

export const bodiesOf = ({ Records }: SQSEvent) => Records.map(({ body }) => body).sort();

const trigger: QueueTrigger = {
  functionName: "biller",
  queueLogicalId: "Measurements",
  batchSize: 10,
  windowSeconds: 0.2,
  concurrencyMax: 2,
  timeoutSeconds: 5,
};

/** A poller between a real queue server and an invocation API that answers as the test says. */
export class PollerRig {
  readonly events: SQSEvent[] = [];
  readonly log: string[] = [];
  answer: (event: SQSEvent) => Answer = () => ({ body: { batchItemFailures: [] } });
  /** How often messages have reached the poller. */
  received = 0;
  readonly client;
  readonly #sqs;
  readonly #api: Server;
  readonly #queues: ReadonlyMap<string, Queue>;
  #poller: AsyncDisposable | undefined;

  private constructor(
    sqs: Awaited<ReturnType<typeof startFauxqs>>,
    api: Server,
    client: ReturnType<typeof createSqsClient>,
    queues: ReadonlyMap<string, Queue>,
  ) {
    this.#sqs = sqs;
    this.#api = api;
    this.#queues = queues;
    this.client = client;
    this.#countReceived();
    api.on("request", async (request, response) => {
      const event = JSON.parse((await request.toArray()).join("")) as SQSEvent;
      this.events.push(event);
      const { status = 200, failed = false, body } = this.answer(event);
      response.writeHead(status, failed ? { "x-amz-function-error": "Unhandled" } : {});
      response.end(body === undefined ? "" : JSON.stringify(body));
    });
  }

  /**
   * The queue gives up after three tries. A message is invisible for longer than any test takes, unless
   * the test is about what comes again.
   */
  static async start({
    visibilitySeconds = 60,
    ...changes
  }: Partial<QueueTrigger> & { visibilitySeconds?: number } = {}): Promise<PollerRig> {
    const sqs = await startFauxqs({ port: 0, logger: false });
    const endpoint = `http://127.0.0.1:${sqs.port}`;
    const client = createSqsClient(endpoint);
    const redrive = { deadLetterLogicalId: "DeadLetters", maxReceiveCount: 3 };
    const definitions = [
      { logicalId: "Measurements", name: "measurements", attributes: {}, redrive },
      { logicalId: "DeadLetters", name: "dead-letters", attributes: {} },
    ];
    const options = { endpoint, overwrite: false, visibilityTimeoutSeconds: visibilitySeconds };
    const queues = await ensureQueues(client, definitions, options);
    const api = createServer();
    await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
    const rig = new PollerRig(sqs, api, client, queues);
    rig.#poll(changes);
    return rig;
  }

  #poll(changes: Partial<QueueTrigger>): void {
    const address = this.#api.address();
    this.#poller = startPoller({
      client: this.client,
      queue: this.queue("Measurements"),
      trigger: { ...trigger, ...changes },
      invocationEndpoint: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`,
      log: (line) => this.log.push(line),
    });
  }

  #countReceived(): void {
    this.client.middlewareStack.add(
      (next) => async (call) => {
        const result = await next(call);
        if ("Messages" in result.output && result.output.Messages?.length) this.received += 1;
        return result;
      },
      { step: "initialize", name: "count-received" },
    );
  }

  queue(logicalId: string): Queue {
    const queue = this.#queues.get(logicalId);
    if (!queue) throw new Error(`no queue ${logicalId}`);
    return queue;
  }

  /** Everything is deleted or given up: nothing can be delivered again. */
  get isEmpty(): boolean {
    return this.#isEmpty("measurements");
  }

  /** Something was given up. */
  get hasDeadLetters(): boolean {
    return !this.#isEmpty("dead-letters");
  }

  #isEmpty(name: string): boolean {
    const messages = this.#sqs.inspectQueue(name)?.messages;
    return messages?.inflight.length === 0 && messages.ready.length === 0;
  }

  /** The bodies that were handed over, each as often as it was. */
  get delivered(): string[] {
    return this.events.flatMap(bodiesOf).sort();
  }

  async stopPolling(): Promise<void> {
    await this.#poller?.[Symbol.asyncDispose]();
  }

  async stop(): Promise<void> {
    await this.stopPolling();
    this.client.destroy();
    this.#api.close();
    await this.#sqs.stop();
  }
}

export async function until(isTrue: () => boolean): Promise<void> {
  for (let tries = 0; !isTrue() && tries < 800; tries++) await sleep(50);
  expect(isTrue()).toBe(true);
}
