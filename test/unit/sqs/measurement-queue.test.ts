import { expect, test } from "@jest/globals";
import type { Measurement } from "../../../lib/billing/measurement.ts";
import { measurementQueue } from "../../../lib/sqs/measurement-queue.ts";
import { decodeMessage } from "../../../lib/sqs/message.ts";
import { Unavailable } from "../../../lib/usecases/unavailable.ts";
import { fakeClient, idsOf, taken } from "./fake-client.ts";

/** Measurements that make one message for each site. */
const atSites = (count: number): Measurement[] =>
  Array.from({ length: count }, (_, index) => ({
    projectName: "genomics",
    metric: "project_vcpu_usage",
    site: String(index),
    resource: "",
    timeMs: 1,
    value: "1",
  }));
const enqueue = (fake: ReturnType<typeof fakeClient>, measurements: Measurement[]) =>
  measurementQueue(fake.client, "queue").enqueue({
    measurements,
    dropped: undefined,
    keyId: "exporter",
  });

test("what SQS took is not sent again, what it did not take is", async () => {
  const fake = fakeClient((batch, call) => taken(call === 1 ? ["0", "2"] : idsOf(batch)));
  expect(await enqueue(fake, atSites(3))).toBe(3);
  expect(fake.batches.map(idsOf)).toEqual([["0", "1", "2"], ["1"]]);
});

test("a message of which SQS says nothing counts as not taken, beside one that it refused", async () => {
  const fake = fakeClient((batch, call) =>
    call === 1
      ? { ...taken(["0"]), Failed: [{ Id: "1", Code: "Throttled", SenderFault: false }] }
      : taken(idsOf(batch)),
  );
  await enqueue(fake, atSites(3));
  expect(fake.batches.map(idsOf)).toEqual([
    ["0", "1", "2"],
    ["1", "2"],
  ]);
});

test("what SQS does not take in three tries makes the whole request one to repeat", async () => {
  const fake = fakeClient(() => ({
    ...taken(["0"]),
    Failed: [{ Id: "1", Code: "InternalError", SenderFault: false }],
  }));
  const failure = enqueue(fake, atSites(2));
  await expect(failure).rejects.toThrow(Unavailable);
  await expect(failure).rejects.toThrow("SQS refused 1 of 2 messages: InternalError");
  expect(fake.batches.map(idsOf)).toEqual([["0", "1"], ["1"], ["1"]]);
});

test("an SQS that is not there makes it one to repeat, too", async () => {
  const fake = fakeClient(() => {
    throw new Error("connection refused");
  });
  await expect(enqueue(fake, atSites(1))).rejects.toThrow(Unavailable);
});

test("a batch has at most ten messages, and no more bytes than SQS takes", async () => {
  const fake = fakeClient((batch) => taken(idsOf(batch)));
  const wide = Array.from({ length: 20_000 }, (_, index) => ({
    ...(atSites(1)[0] as Measurement),
    projectName: `genomics ${index} ${"x".repeat(200)}`,
    timeMs: index,
  }));
  const messages = await enqueue(fake, wide);
  expect(messages).toBeGreaterThan(10);
  expect(await enqueue(fake, atSites(10))).toBe(10);
  for (const batch of fake.batches) {
    const bytes = batch.reduce((sum, one) => sum + Buffer.byteLength(one.MessageBody), 0);
    expect(batch.length).toBeLessThanOrEqual(10);
    expect(bytes).toBeLessThanOrEqual(1_048_576);
  }
  const sent = fake.batches.flat().flatMap((one) => decodeMessage(one.MessageBody).measurements);
  expect(sent).toHaveLength(20_010);
});

test("twenty small messages are two batches, because SQS takes ten at once", async () => {
  const fake = fakeClient((batch) => taken(idsOf(batch)));
  const twoMessagesEach = atSites(10).flatMap((one) =>
    Array.from({ length: 2_001 }, (_, timeMs) => ({ ...one, timeMs })),
  );
  expect(await enqueue(fake, twoMessagesEach)).toBe(20);
  expect(fake.batches.map(({ length }) => length)).toEqual([10, 10]);
});
