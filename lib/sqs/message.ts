import * as z from "zod/mini";
import type { Measurement } from "../billing/measurement.ts";

/**
 * What one message on the queue holds: measurements, grouped by series so that names are said once.
 * A message of another version is not guessed at: the biller dead-letters it.
 */
const Message = z.strictObject({
  version: z.literal(1),
  series: z.array(
    z.strictObject({
      projectName: z.string(),
      metric: z.string(),
      site: z.string(),
      resource: z.string(),
      /** Unix milliseconds and decimal. */
      samples: z.array(z.tuple([z.int(), z.string().check(z.regex(/^\d{1,15}(\.\d{1,30})?$/))])),
    }),
  ),
});

type SeriesEntry = z.infer<typeof Message>["series"][number];

// SQS takes 1 MiB per message and per batch of messages, Lambda 6 MB per invocation, and an invocation
// gets up to ten messages. Sizes are counted in UTF-8 bytes.
const measurementsMax = 2_000;
const bytesMax = 400_000;
// The JSON around one series, and around one sample.
const seriesOverheadBytes = 80;
const sampleOverheadBytes = 20;

/** A message that can never be billed; `code` goes with it to the dead letters. */
export class UnreadableMessage extends Error {
  override readonly name = "UnreadableMessage";
  readonly code: "message-invalid" | "message-version-unknown";

  constructor(code: UnreadableMessage["code"], detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.code = code;
  }
}

/** As few messages as the limits permit. */
export function encodeMessages(measurements: readonly Measurement[]): readonly string[] {
  const messages: string[] = [];
  let series = new Map<string, SeriesEntry>();
  let count = 0;
  let bytes = 0;
  const finish = () => {
    if (count > 0) messages.push(toBody({ version: 1, series: [...series.values()] }));
    series = new Map();
    count = 0;
    bytes = 0;
  };
  for (const { timeMs, value, ...key } of measurements) {
    const { projectName, metric, site, resource } = key;
    // Names hold no control characters, so none of them can imitate the separator.
    const id = `${projectName}\n${metric}\n${site}\n${resource}`;
    const sampleBytes = sampleOverheadBytes + value.length;
    const seriesBytes = jsonBytes(id) + seriesOverheadBytes;
    const added = sampleBytes + (series.has(id) ? 0 : seriesBytes);
    if (count === measurementsMax || bytes + added > bytesMax) finish();
    bytes += sampleBytes + (series.has(id) ? 0 : seriesBytes);
    count += 1;
    const entry = series.get(id);
    if (entry !== undefined) entry.samples.push([timeMs, value]);
    else series.set(id, { projectName, metric, site, resource, samples: [[timeMs, value]] });
  }
  finish();
  return messages;
}

// SQS takes no U+FFFE and U+FFFF, and its emulators none above them; as JSON escapes they are ASCII.
const notTaken = /[\ud800-\udfff\ufffe\uffff]/g;

const toBody = (message: z.infer<typeof Message>): string =>
  JSON.stringify(message).replace(notTaken, (unit) => `\\u${unit.charCodeAt(0).toString(16)}`);

/** Escaped, a quote takes twice its length, and a character of four bytes twelve: three times is enough. */
const jsonBytes = (text: string) => 3 * Buffer.byteLength(text);

/** Throws `UnreadableMessage`. */
export function decodeMessage(body: string): readonly Measurement[] {
  const json = parseJson(body);
  const version = (json as { version?: unknown } | null)?.version;
  if (typeof version === "number" && version !== 1) {
    throw new UnreadableMessage(
      "message-version-unknown",
      `The message has version ${version}; this biller reads version 1.`,
    );
  }
  const parsed = Message.safeParse(json);
  if (!parsed.success) {
    throw new UnreadableMessage("message-invalid", z.prettifyError(parsed.error).slice(0, 500));
  }
  return parsed.data.series.flatMap(({ samples, ...key }) =>
    samples.map(([timeMs, value]) => ({ ...key, timeMs, value })),
  );
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new UnreadableMessage("message-invalid", "The message is not JSON.", { cause });
  }
}
