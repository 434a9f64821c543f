import * as z from "zod/mini";
import { checkName } from "./check-measurement.ts";
import { checkTime, unixMs } from "./check-time.ts";
import { Collector, tooManySamples } from "./collector.ts";
import { type DecodeContext, type Decoded, MalformedBody } from "./decoded.ts";
import { expect } from "./field-errors.ts";
import { countParts } from "./json-structure.ts";
import { requestLimits } from "./limits.ts";
import { findNearMiss } from "./near-miss.ts";
import { explainRfc3339, readRfc3339 } from "./read-time.ts";
import { readDecimal } from "./read-value.ts";
import type { Refusal } from "./refusals.ts";
import { decodeText } from "./text/decode-text.ts";

const Envelope = z.strictObject(
  { measurements: z.array(z.unknown(), expect("an array of measurements")) },
  expect('an object {"measurements": [...]}'),
);

export const Item = z.strictObject(
  {
    project_name: z.string(expect("a text")),
    metric: z.string(expect("a text")),
    // A number arrives here as the text that the sender wrote, see `parse`.
    value: z.string(expect("a number or a decimal in quotes, and `value` without escapes")),
    time: z.union([z.string(), z.number()], expect("RFC 3339 text or Unix milliseconds")),
    site: z.optional(z.string(expect("a text or nothing"))),
    resource: z.optional(z.string(expect("a text or nothing"))),
  },
  expect("an object with project_name, metric, value and time"),
);

export type Item = z.infer<typeof Item>;

/** `{"measurements":[{"project_name","metric","value","time","site"?,"resource"?}]}` → measurements. */
export function decodeJson(body: Uint8Array, context: DecodeContext): Decoded {
  const collector = new Collector(context);
  const envelope = Envelope.safeParse(parse(body));
  if (!envelope.success) {
    refuseIssues(collector, "", envelope.error.issues);
    return collector.finish();
  }
  if (envelope.data.measurements.length > requestLimits.samplesMax) throw tooManySamples();
  for (const [index, raw] of envelope.data.measurements.entries()) {
    if (collector.stopsReading()) break;
    const item = Item.safeParse(raw);
    if (item.success) {
      decodeItem(collector, index, item.data, context);
    } else {
      refuseIssues(collector, `measurements[${index}]`, item.error.issues);
    }
  }
  return collector.finish();
}

/** A number as the field `value`: no text can imitate it, since its quotes would have backslashes. */
const numericValues = /"value"(\s*:\s*)(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)/g;

/**
 * `JSON.parse` reads a number as a float64, which has 15 to 17 digits. To keep those that were sent, values
 * are put in quotes first: a reviver, which sees their source too, takes eight times as long.
 */
function parse(body: Uint8Array): unknown {
  const text = decodeText(body);
  limitParts(text);
  try {
    return JSON.parse(text.replace(numericValues, '"value"$1"$2"'));
  } catch {
    return parseAsSent(text);
  }
}

/** Parses again for the message of the fault, whose position is then that in the body as it was sent. */
function parseAsSent(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : "it cannot be parsed";
    throw new MalformedBody("json-invalid", `send JSON: ${detail}`, { cause });
  }
}

// A measurement has six fields at most, so one opening brace and six commas.
const partsMax = 8 * requestLimits.samplesMax;

/**
 * 30 kB of gzip can hold 32 million brackets, which would be a gigabyte of arrays. Shorter texts cannot have too
 * many parts and are not counted.
 */
function limitParts(text: string): void {
  if (text.length > partsMax && countParts(text) > partsMax) throw tooManySamples();
}

interface Issue {
  readonly code?: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
}

function refuseIssues(collector: Collector, at: string, issues: readonly Issue[]): void {
  for (const issue of issues) {
    for (const key of issue.keys ?? []) {
      const detail = "remove the field: it is not known";
      collector.refuse(join(at, key.slice(0, keyLengthMax)), { code: "field-invalid", detail });
    }
    if (issue.keys === undefined) {
      const place = join(at, ...issue.path.map(String));
      collector.refuse(place, { code: "field-invalid", detail: issue.message });
    }
  }
}

/** An answer names up to a thousand keys, and each may have megabytes. */
const keyLengthMax = 100;

const join = (...parts: string[]): string =>
  parts.filter((part) => part !== "").join(".") || "body";

function decodeItem(collector: Collector, index: number, item: Item, context: DecodeContext): void {
  let sound = true;
  const check = (field: keyof Item, refusal: Refusal | undefined) => {
    if (refusal !== undefined) {
      sound = false;
      collector.refuse(`measurements[${index}].${field}`, refusal);
    }
  };
  const { project_name: projectName, metric, site = "", resource = "" } = item;
  const value = readDecimal(item.value);
  const timeMs = readTime(item.time);
  const count = typeof item.time === "number" ? unixMs : undefined;
  check("project_name", checkName("project", projectName));
  check("metric", checkMetric(metric, context));
  check("value", typeof value === "string" ? undefined : value);
  check("time", timeMs === undefined ? refuseTime(item.time) : checkTime(timeMs, context, count));
  check("site", checkName("site", site));
  check("resource", checkName("resource", resource));
  if (sound && typeof value === "string" && timeMs !== undefined) {
    collector.accept({ projectName, metric, site, resource, timeMs, value });
  }
}

const refuseTime = (time: string | number): Refusal => ({
  code: "time-invalid",
  detail:
    (typeof time === "string" ? explainRfc3339(time) : undefined) ??
    "send RFC 3339 text with Z or an offset, or Unix milliseconds without quotes",
});

function checkMetric(metric: string, { isBilled }: DecodeContext): Refusal | undefined {
  if (isBilled(metric)) return checkName("metric", metric);
  const near = findNearMiss(metric, isBilled);
  const hint = near === undefined ? "" : `: ${near} has one`;
  return { code: "metric-unbilled", detail: `send a metric that has a price here${hint}` };
}

function readTime(time: string | number): number | undefined {
  return typeof time === "string" ? readRfc3339(time) : Math.floor(time);
}
