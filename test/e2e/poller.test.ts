import { ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterEach, expect, test } from "@jest/globals";
import { type Answer, bodiesOf, PollerRig, until } from "./poller-rig.ts";

// The poller stands in for a part of AWS: these are AWS' rules for queues that trigger functions.
let rig: PollerRig;
/** For what comes again: longer than the poller takes between receiving and deleting, also on a busy machine. */
const visibilitySeconds = 3;

afterEach(async () => {
  await rig.stop();
});

const send = (MessageBody: string) =>
  rig.client.send(new SendMessageCommand({ QueueUrl: rig.queue("Measurements").url, MessageBody }));

test("hands messages over as AWS does, and deletes them when they have succeeded", async () => {
  rig = await PollerRig.start();
  await rig.client.send(
    new SendMessageCommand({
      QueueUrl: rig.queue("Measurements").url,
      MessageBody: "one",
      MessageAttributes: {
        code: { DataType: "String", StringValue: "x" },
        blob: { DataType: "Binary", BinaryValue: Uint8Array.of(0, 255) },
      },
    }),
  );
  await until(() => rig.events.length === 1);
  const lists = { stringListValues: [], binaryListValues: [] };
  expect(rig.events[0]?.Records).toEqual([
    {
      messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      receiptHandle: expect.any(String),
      body: "one",
      attributes: {
        ApproximateReceiveCount: "1",
        SentTimestamp: expect.stringMatching(/^\d{13}$/),
        SenderId: expect.any(String),
        ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
      },
      messageAttributes: {
        code: { stringValue: "x", ...lists, dataType: "String" },
        blob: { binaryValue: "AP8=", ...lists, dataType: "Binary" },
      },
      md5OfBody: "f97c5d29941bfb1b2fdab0874906ab82",
      md5OfMessageAttributes: expect.any(String),
      eventSource: "aws:sqs",
      eventSourceARN: rig.queue("Measurements").arn,
      awsRegion: "eu-central-1",
    },
  ]);
  await until(() => rig.isEmpty);
});

test("deletes only what the function does not report as failed", async () => {
  rig = await PollerRig.start({ visibilitySeconds });
  rig.answer = ({ Records }) => {
    const bad = Records.filter(
      ({ body, attributes }) => body === "bad" && attributes.ApproximateReceiveCount === "1",
    );
    const batchItemFailures = bad.map(({ messageId }) => ({ itemIdentifier: messageId }));
    return { body: { batchItemFailures } };
  };
  await Promise.all(["good", "bad", "fine"].map(send));
  await until(() => rig.isEmpty);
  expect(rig.delivered).toEqual(["bad", "bad", "fine", "good"]);
});

test("brings the whole batch again where the function fails or does not say what failed", async () => {
  // Each message is a batch by itself.
  rig = await PollerRig.start({ visibilitySeconds, batchSize: 1 });
  const failures: Readonly<Record<string, Answer>> = {
    "an error": { failed: true, body: { errorMessage: "boom" } },
    "an unknown function": { status: 404, body: {} },
    "no object": { body: "done" },
    "no identifier": { body: { batchItemFailures: [{}] } },
    "an identifier of another batch": { body: { batchItemFailures: [{ itemIdentifier: "x" }] } },
  };
  const bodies = Object.keys(failures);
  rig.answer = ({ Records: [record] }) => {
    const isFirst = record?.attributes.ApproximateReceiveCount === "1";
    return (isFirst && failures[record.body]) || { body: {} };
  };
  await Promise.all(bodies.map(send));
  await until(() => rig.isEmpty);
  expect(rig.delivered).toEqual([...bodies, ...bodies].sort());
  expect(rig.log).toHaveLength(bodies.length);
});

test("takes no answer, and an answer without failures, for success", async () => {
  rig = await PollerRig.start();
  rig.answer = ({ Records: [record] }) => ({ body: record?.body === "none" ? undefined : {} });
  for (const body of ["none", "empty"]) {
    await send(body);
    await until(() => rig.isEmpty);
  }
  expect(rig.delivered).toEqual(["empty", "none"]);
});

test("fills a batch with what arrives within the window, and sends no more than ten", async () => {
  // The window is longer than this takes: a batch goes out because it is full.
  rig = await PollerRig.start({ windowSeconds: 60, concurrencyMax: 1 });
  for (let sent = 0; sent < 20; sent++) await send(`m${sent}`);
  await until(() => rig.isEmpty);
  expect(rig.events.map((event) => bodiesOf(event).length)).toEqual([10, 10]);
  expect(new Set(rig.delivered).size).toBe(20);
});

test("leaves it to the redrive policy to give up", async () => {
  rig = await PollerRig.start({ visibilitySeconds });
  rig.answer = () => ({ failed: true, body: {} });
  await send("never");
  await until(() => rig.hasDeadLetters);
  const receive = { QueueUrl: rig.queue("DeadLetters").url };
  const { Messages } = await rig.client.send(new ReceiveMessageCommand(receive));
  expect(Messages?.map(({ Body }) => Body)).toEqual(["never"]);
  const counts = rig.events.map((event) => event.Records[0]?.attributes.ApproximateReceiveCount);
  expect(counts).toEqual(["1", "2", "3"]);
});

test("finishes and deletes what it has received when it is stopped", async () => {
  rig = await PollerRig.start();
  await send("last");
  await until(() => rig.received > 0);
  await rig.stopPolling();
  expect(rig.delivered).toEqual(["last"]);
  expect(rig.isEmpty).toBe(true);
});
