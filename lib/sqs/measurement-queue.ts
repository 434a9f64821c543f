import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { SendMessageBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { Measurement } from "../billing/measurement.ts";
import type { MeasurementQueue, Shipment } from "../usecases/ingest/receive-measurements.ts";
import { Unavailable } from "../usecases/unavailable.ts";
import { encodeMessages } from "./message.ts";
import { keyAttribute } from "./sender-key.ts";

// Limits of SendMessageBatch: ten entries and 1 MiB in all, attributes included.
const entriesMax = 10;
const batchBytesMax = 1_000_000;
const triesMax = 3;
// A request from more sites than this is not split by site: it would make a message for each.
const sitesMax = 10;

interface Entry {
  readonly Id: string;
  readonly MessageBody: string;
  readonly MessageGroupId: string;
  readonly MessageAttributes: ReturnType<typeof keyAttribute>;
}

/** Puts measurements on a queue of SQS; `enqueue` answers when SQS has taken every message. */
export const measurementQueue = (client: SQSClient, queueUrl: string): MeasurementQueue => ({
  async enqueue(shipment) {
    const entries = toEntries(shipment);
    for (const batch of toBatches(entries)) await sendAll(client, queueUrl, batch);
    return entries.length;
  },
});

/**
 * The queue is a fair one: AWS first hands out messages of the groups that have few of them waiting, so that
 * a site that sends too much delays only itself. A group is a site, or the sender where there is no site
 * or there are too many.
 */
function toEntries({ measurements, dropped, keyId }: Shipment): readonly Entry[] {
  const bySite = Map.groupBy(measurements, ({ site }) => site);
  const groups: Iterable<readonly [string, readonly Measurement[]]> =
    bySite.size === 0 || bySite.size > sitesMax ? [["", measurements]] : bySite;
  return [...groups]
    .flatMap(([site, group], index) =>
      encodeMessages(group, index === 0 ? dropped : undefined).map((body) => ({
        MessageBody: body,
        MessageAttributes: keyAttribute(keyId),
        MessageGroupId: site === "" ? `key:${groupName(keyId)}` : `site:${groupName(site)}`,
      })),
    )
    .map((entry, index) => ({ Id: String(index), ...entry }));
}

/** SQS takes up to 128 ASCII letters, digits and punctuation marks; a site's name may hold anything. */
const groupName = (name: string): string =>
  /^[\w.:@/-]{1,100}$/.test(name) ? name : createHash("sha256").update(name).digest("hex");

function toBatches(entries: readonly Entry[]): readonly (readonly Entry[])[] {
  const batches: Entry[][] = [];
  let bytes = 0;
  for (const entry of entries) {
    const size = Buffer.byteLength(entry.MessageBody);
    const batch = batches.at(-1);
    if (batch === undefined || batch.length === entriesMax || bytes + size > batchBytesMax) {
      batches.push([entry]);
      bytes = size;
    } else {
      batch.push(entry);
      bytes += size;
    }
  }
  return batches;
}

/** A batch can succeed in part: only the messages that failed are sent again. */
async function sendAll(
  client: SQSClient,
  queueUrl: string,
  batch: readonly Entry[],
): Promise<void> {
  let open = batch;
  for (let tries = 1; ; tries++) {
    const failed = await sendOnce(client, queueUrl, open);
    if (failed.size === 0) return;
    if (tries === triesMax) {
      throw new Unavailable(
        `SQS refused ${failed.size} of ${batch.length} messages: ${[...failed.values()][0]}`,
      );
    }
    open = open.filter(({ Id }) => failed.has(Id));
    await sleep(50 * 2 ** tries * Math.random());
  }
}

/** The ids that SQS did not take, with its reason. */
async function sendOnce(
  client: SQSClient,
  queueUrl: string,
  batch: readonly Entry[],
): Promise<ReadonlyMap<string, string>> {
  try {
    const command = new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: [...batch] });
    const { Failed = [], Successful = [] } = await client.send(command);
    const taken = new Set(Successful.map(({ Id }) => Id));
    const reasons = new Map(Failed.map(({ Id, Message, Code }) => [Id, Message ?? Code ?? ""]));
    return new Map(
      batch
        .filter(({ Id }) => !taken.has(Id))
        .map(({ Id }) => [Id, reasons.get(Id) ?? "no answer"]),
    );
  } catch (cause) {
    throw new Unavailable("SQS cannot be reached", { cause });
  }
}
