import {
  type ChangeMessageVisibilityBatchCommandInput,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { afterAll, afterEach, beforeAll, expect, jest, test } from "@jest/globals";
import type { SQSEvent } from "aws-lambda";
import type { Measurement } from "../../../lib/billing/measurement.ts";
import { logger } from "../../../lib/logger.ts";
import { encodeMessages } from "../../../lib/sqs/message.ts";
import { ledgerOf, measured } from "../../support/ledger/ledger-fixture.ts";
import { type Functions, loadFunctions } from "../../support/servers/functions.ts";
import { sqsEvent } from "../../support/servers/queues.ts";

type Handler = typeof import("../../../functions/bill-measurements.ts")["handler"];

const monthMinutes = 30 * 24 * 60;
let functions: Functions;
let handler: Handler;
beforeAll(async () => {
  functions = await loadFunctions();
  logger.level = "silent";
  ({ handler } = await import("../../../functions/bill-measurements.ts"));
});
afterAll(async () => {
  await functions[Symbol.asyncDispose]();
});
afterEach(() => {
  jest.restoreAllMocks();
});

const many = (projectName: string, count: number, minutes: number, value: string): Measurement[] =>
  Array.from({ length: count }, (_, index) =>
    measured(projectName, minutes, value, { resource: String(index) }),
  );

/** The event with which AWS hands these messages over from the queue. */
async function received(...messages: readonly Measurement[][]): Promise<SQSEvent> {
  const { client, measurementsUrl: QueueUrl } = functions.queues;
  const handles = new Map<string, string>();
  const bodies = messages.flatMap((measurements) => encodeMessages(measurements));
  for (const MessageBody of bodies) {
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl }));
    handles.set(Messages[0]?.Body ?? "", Messages[0]?.ReceiptHandle ?? "");
  }
  const { Records } = sqsEvent(...bodies);
  return {
    Records: Records.map((record) => ({
      ...record,
      receiptHandle: handles.get(record.body) ?? "",
    })),
  };
}

/** What the function asks SQS for while it runs. */
async function billed(event: SQSEvent) {
  const send = jest.spyOn(SQSClient.prototype, "send");
  const { batchItemFailures } = await handler(event);
  const asked = send.mock.calls.map(([command]) => command.input);
  send.mockRestore();
  return { again: batchItemFailures.map(({ itemIdentifier }) => itemIdentifier), asked };
}

test("what a round has no time for is handed back by its receipts, and the next round ends it", async () => {
  const ledger = ledgerOf(functions.database);
  await ledger.bill(...many("away", 150, 0, "0"), measured("neighbour", 0, "0"));
  const failure = jest.spyOn(logger, "error");
  const event = await received(
    many("away", 150, monthMinutes, "720").slice(0, 100),
    many("away", 150, monthMinutes, "720").slice(100),
    [measured("neighbour", 10, "3")],
  );
  // At the second look at the clock the round has taken its time.
  let nowMs = performance.now();
  const clock = jest.spyOn(performance, "now").mockImplementation(() => (nowMs += 6_000));
  const told = jest.spyOn(logger, "info");
  const first = await billed(event);
  clock.mockRestore();
  expect(await ledger.used("neighbour")).toBe(3);
  const usedFirst = await ledger.used("away");
  expect(usedFirst).toBeGreaterThan(0);
  expect(usedFirst).toBeLessThan(150 * 720);

  const left = event.Records.filter(({ messageId }) => first.again.includes(messageId));
  expect(left.length).toBeGreaterThan(0);
  expect(told.mock.calls).toMatchObject([[{ messages: 3, unfinished: left.length }, "billed"]]);
  expect(first.asked).toHaveLength(1);
  const [{ QueueUrl, Entries = [] } = {}] =
    first.asked as readonly ChangeMessageVisibilityBatchCommandInput[];
  expect(QueueUrl).toBe(functions.queues.measurementsUrl);
  expect(Entries.map(({ ReceiptHandle }) => ReceiptHandle)).toEqual(
    left.map(({ receiptHandle }) => receiptHandle),
  );
  for (const { VisibilityTimeout } of Entries) {
    expect(VisibilityTimeout).toBeGreaterThan(0);
    expect(VisibilityTimeout).toBeLessThan(60);
  }

  expect(await billed({ Records: left })).toEqual({ again: [], asked: [] });
  expect(await ledger.used("away")).toBe(150 * 720);
  expect(failure).not.toHaveBeenCalled();
});

test("an outage is one line in the log, however many messages wait for its end", async () => {
  const event = await received(
    ...["a", "b", "c"].map((name) => [measured(`outage ${name}`, 0, "1")]),
  );
  const failure = jest.spyOn(logger, "error");
  await functions.database.refuseConnections();
  const { again, asked } = await billed(event);
  await functions.database.acceptConnections();
  expect(again).toHaveLength(3);
  expect(asked).toEqual([]);
  expect(failure.mock.calls).toMatchObject([
    [{ messageId: undefined, err: { name: "Unavailable" } }, "billing failed"],
  ]);
});
