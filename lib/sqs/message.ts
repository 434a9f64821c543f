import * as z from "zod/mini";
import type { Measurement } from "../billing/measurement.ts";
import type { DroppedSamples } from "../usecases/ledger/dropped-samples.ts";

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
 * What one message on the queue holds: measurements, grouped by series so that names are said once, and
 * what was dropped of the request. A message of another version is not guessed at: the biller
 * dead-letters it. Version 1 had no dropped samples; the queue may hold it for a week after an upgrade.
 */
const Message = z.discriminatedUnion("version", [
  z.strictObject({ version: z.literal(1), series: Series }),
  z.strictObject({ version: z.literal(2), series: Series, dropped: z.optional(Dropped) }),
]);
const versions: readonly unknown[] = [1, 2];

/** What a message is decoded to. */
export interface QueuedMeasurements {
  readonly measurements: readonly Measurement[];
  readonly dropped: DroppedSamples | undefined;
}

// SQS takes 1 MiB per message and per batch of messages, Lambda 6 MB per invocation, and an invocation
// gets up to ten messages. Sizes are counted in UTF-8 bytes.
//
// What a million samples cost: a scrape of 1,000 projects is 2,000 samples of 2,000 series, 340 kB as one
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

/** As few messages as the limits permit; the first of them tells what was dropped. */
export function encodeMessages(
  measurements: readonly Measurement[],
  dropped?: DroppedSamples,
): readonly string[] {
  const messages: string[] = [];
  let message = new MessageText(dropped);
  for (const measurement of measurements) {
    if (!message.add(measurement)) {
      messages.push(message.finish());
      message = new MessageText(undefined);
      message.add(measurement);
    }
  }
  if (measurements.length > 0 || dropped !== undefined) messages.push(message.finish());
  return messages;
}

/** The JSON of a message as it grows: what is written is also what is counted. */
class MessageText {
  readonly #start: string;
  /** By the JSON of their series, as far as its samples. */
  readonly #samples = new Map<string, string>();
  readonly #project = new NameText();
  readonly #metric = new NameText();
  readonly #site = new NameText();
  readonly #resource = new NameText();
  #measurements = 0;
  #bytes: number;

  constructor(dropped: DroppedSamples | undefined) {
    const told = dropped === undefined ? "" : `"dropped":${toAscii(JSON.stringify(dropped))},`;
    this.#start = `{"version":2,${told}"series":[`;
    this.#bytes = Buffer.byteLength(this.#start) + end.length;
  }

  /** False where there is no room for it. */
  add({ projectName, metric, site, resource, timeMs, value }: Measurement): boolean {
    const project = this.#project.read(projectName);
    const series = `{"projectName":${project},"metric":${this.#metric.read(metric)},"site":${this.#site.read(site)},"resource":${this.#resource.read(resource)},"samples":[`;
    const sample = `[${timeMs},"${value}"]`;
    const known = this.#samples.get(series);
    const bytes = sample.length + 1 + (known === undefined ? this.#seriesBytes(series) : 0);
    const isFull = this.#measurements === measurementsMax || this.#bytes + bytes > bytesMax;
    if (isFull && this.#measurements > 0) return false;
    this.#samples.set(series, known === undefined ? sample : `${known},${sample}`);
    this.#measurements += 1;
    this.#bytes += bytes;
    return true;
  }

  finish(): string {
    const texts = [...this.#samples].map(([series, samples]) => `${series}${samples}${seriesEnd}`);
    return `${this.#start}${texts.join(",")}${end}`;
  }

  /** Without counting characters anew: of the four names it is known. */
  #seriesBytes(series: string): number {
    const more = this.#project.moreBytes + this.#metric.moreBytes;
    const others = this.#site.moreBytes + this.#resource.moreBytes;
    return series.length + more + others + seriesEnd.length;
  }
}

/** The JSON of a name, made once for as long as one measurement after the other repeats it. */
class NameText {
  /** In UTF-8, beyond one for each character. */
  moreBytes = 0;
  #name = "";
  #text = '""';

  read(name: string): string {
    if (name !== this.#name) {
      this.#name = name;
      // Measured: a third of the time of JSON.stringify, and most names are like that.
      const isPlain = plainText.test(name);
      this.#text = isPlain ? `"${name}"` : toAscii(JSON.stringify(name));
      this.moreBytes = isPlain ? 0 : Buffer.byteLength(this.#text) - this.#text.length;
    }
    return this.#text;
  }
}

/** ASCII of which JSON escapes nothing. */
const plainText = /^[ !#-[\]-~]*$/;

const seriesEnd = "]}";
const end = "]}";

// SQS takes no U+FFFE and U+FFFF, and its emulators none above them; as JSON escapes they are ASCII.
const notTaken = /[\ud800-\udfff\ufffe\uffff]/g;

const toAscii = (json: string): string =>
  json.replace(notTaken, (unit) => `\\u${unit.charCodeAt(0).toString(16)}`);

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
