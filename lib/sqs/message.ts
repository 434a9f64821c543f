import type { SQSRecord } from "aws-lambda";
import * as z from "zod/mini";
import type { Measurement } from "../billing/measurement.ts";
import type { DroppedSamples } from "../usecases/ledger/dropped-samples.ts";
import { senderKey } from "./sender-key.ts";

const Series = z.array(
  z.strictObject({
    projectName: z.string(),
    metric: z.string(),
    site: z.string(),
    resource: z.string(),
    /** Unix milliseconds and decimal. */
    samples: z.array(z.tuple([z.int(), z.string().check(z.regex(/^\d{1,15}(\.\d{1,30})?$/))])),
  }),
);
const Dropped = z.strictObject({
  keyId: z.string(),
  atMs: z.int(),
  counts: z.record(z.string(), z.int().check(z.minimum(1))),
});

/**
 * A message on the queue: measurements, grouped by series so that each name is written once, and the counts
 * of samples that were dropped from the request. The biller puts a message of an unknown version among the
 * dead letters. Version 1 had no dropped samples; the queue may hold it for a week after an upgrade.
 */
const Message = z.discriminatedUnion("version", [
  z.strictObject({ version: z.literal(1), series: Series }),
  z.strictObject({ version: z.literal(2), series: Series, dropped: z.optional(Dropped) }),
]);
const versions: readonly unknown[] = [1, 2];

/** A message, decoded. */
export interface QueuedMeasurements {
  readonly measurements: readonly Measurement[];
  readonly dropped: DroppedSamples | undefined;
}

// SQS takes 1 MiB per message and per batch of messages, Lambda 6 MB per invocation, and an invocation
// gets up to ten messages. Sizes are counted in UTF-8 bytes.
//
// The cost of a million samples: a scrape of 1,000 projects is 2,000 samples of 2,000 series, 340 kB as one
// message. SQS counts every 64 kB as a request: 6 to send, 6 to receive, and a tenth of one to delete, at
// $0.50 per million (fair queues, us-east-1, 2026): 500 scrapes are 6,050 requests or 0.3 cents. With 25
// samples of each series a message has 85 kB, and a million samples cost 0.1 cents. Compressed (and in
// base64) it would cost a quarter, but a message is what an operator reads among the dead letters.
const measurementsMax = 2_000;
const bytesMax = 400_000;

/** A message that can never be billed; `code` goes with it to the dead letters. */
export class UnreadableMessage extends Error {
  override readonly name = "UnreadableMessage";
  readonly code: "message-invalid" | "message-version-unknown";

  constructor(code: UnreadableMessage["code"], detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.code = code;
  }
}

/** Fills one message after the other up to the limits; the first one carries the dropped counts. */
export function encodeMessages(
  measurements: readonly Measurement[],
  dropped?: DroppedSamples,
): readonly string[] {
  if (measurements.length === 0 && dropped === undefined) return [];
  let message = new MessageText(dropped);
  const messages = [message];
  for (const series of Map.groupBy(measurements, seriesKey).values()) {
    for (let index = 0; index < series.length; ) {
      const part = series.slice(index, index + message.room);
      if (message.add(part)) {
        index += part.length;
      } else {
        message = new MessageText(undefined);
        messages.push(message);
      }
    }
  }
  return messages.map((one) => one.finish());
}

// Names hold no line feed.
const seriesKey = ({ projectName, metric, site, resource }: Measurement): string =>
  `${projectName}\n${metric}\n${site}\n${resource}`;

/** The JSON of a message as it grows. */
class MessageText {
  /** Measurements that it may still hold. */
  room = measurementsMax;
  readonly #start: string;
  readonly #series: string[] = [];
  #bytes: number;

  constructor(dropped: DroppedSamples | undefined) {
    const field = dropped === undefined ? "" : `"dropped":${toAscii(JSON.stringify(dropped))},`;
    this.#start = `{"version":2,${field}"series":[`;
    this.#bytes = Buffer.byteLength(this.#start) + end.length;
  }

  /** Adds measurements of one series; false where there is no room for them. */
  add(measurements: readonly Measurement[]): boolean {
    const [first] = measurements;
    if (first === undefined) return false;
    const { projectName, metric, site, resource } = first;
    const samples = measurements.map(({ timeMs, value }) => [timeMs, value]);
    const json = toAscii(JSON.stringify({ projectName, metric, site, resource, samples }));
    const bytes = Buffer.byteLength(json) + 1;
    if (this.#bytes + bytes > bytesMax && this.#series.length > 0) return false;
    this.#series.push(json);
    this.#bytes += bytes;
    this.room -= measurements.length;
    return true;
  }

  finish(): string {
    return `${this.#start}${this.#series.join(",")}${end}`;
  }
}

const end = "]}";

// SQS takes no U+FFFE and U+FFFF, and its emulators none above them; as JSON escapes they are ASCII.
const notTaken = /[\ud800-\udfff\ufffe\uffff]/g;

const toAscii = (json: string): string =>
  json.replace(notTaken, (unit) => `\\u${unit.charCodeAt(0).toString(16)}`);

/** A message with the key that sent it. Throws `UnreadableMessage`. */
export const decodeRecord = (record: SQSRecord) => ({
  ...decodeMessage(record.body),
  keyId: senderKey(record),
});

/** Throws `UnreadableMessage`. */
export function decodeMessage(body: string): QueuedMeasurements {
  const json = parseJson(body);
  const version = (json as { version?: unknown } | null)?.version;
  if (typeof version === "number" && !versions.includes(version)) {
    throw new UnreadableMessage(
      "message-version-unknown",
      `The message has version ${version}; this biller reads ${versions.join(" and ")}.`,
    );
  }
  const parsed = Message.safeParse(json);
  if (!parsed.success) {
    throw new UnreadableMessage("message-invalid", z.prettifyError(parsed.error).slice(0, 500));
  }
  const measurements = parsed.data.series.flatMap(({ samples, ...key }) =>
    samples.map(([timeMs, value]) => ({ ...key, timeMs, value })),
  );
  return { measurements, dropped: "dropped" in parsed.data ? parsed.data.dropped : undefined };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new UnreadableMessage("message-invalid", "The message is not JSON.", { cause });
  }
}
