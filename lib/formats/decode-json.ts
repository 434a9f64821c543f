import * as z from "zod/mini";
import { checkName, checkTime, type Refusal } from "./check-measurement.ts";
import { Collector, tooManySamples } from "./collector.ts";
import { decodeText } from "./decode-text.ts";
import { type DecodeContext, type Decoded, MalformedBody } from "./decoded.ts";
import { requestLimits } from "./limits.ts";
import { parseWithSource } from "./parse-with-source.ts";
import { readRfc3339 } from "./read-time.ts";
import { readDecimal } from "./read-value.ts";

/** A missing field and a wrong one are told apart: the sender mends them differently. */
const expect = (what: string) => ({
  error: (issue: { readonly input?: unknown }) =>
    issue.input === undefined ? `missing: send ${what}` : `send ${what}`,
});

const Envelope = z.strictObject(
  { measurements: z.array(z.unknown(), expect("an array of measurements")) },
  expect('an object {"measurements": [...]}'),
);

const Item = z.strictObject(
  {
    project_name: z.string(expect("a text")),
    metric: z.string(expect("a text")),
    // A number arrives here as the text that the sender wrote, see `keepDigits`.
    value: z.string(expect("a number or a decimal in quotes")),
    time: z.union([z.string(), z.number()], expect("RFC 3339 text or Unix milliseconds")),
    site: z.optional(z.string(expect("a text or nothing"))),
    resource: z.optional(z.string(expect("a text or nothing"))),
  },
  expect("an object with project_name, metric, value and time"),
);

type Item = z.infer<typeof Item>;

/** `{"measurements":[{"project_name","metric","value","time","site"?,"resource"?}]}` → measurements. */
export function decodeJson(body: Uint8Array, context: DecodeContext): Decoded {
  const collector = new Collector();
  const envelope = Envelope.safeParse(parse(body));
  if (!envelope.success) {
    refuseIssues(collector, "", envelope.error.issues);
    return collector.finish();
  }
  if (envelope.data.measurements.length > requestLimits.samplesMax) {
    throw tooManySamples();
  }
  for (const [index, raw] of envelope.data.measurements.entries()) {
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
 * are put in quotes first; where that leaves a number (a key with escapes) or breaks the JSON, the reviver,
 * which takes eight times as long, sees their source.
 */
function parse(body: Uint8Array): unknown {
  // Some editors and shells put a byte order mark in front; RFC 8259 lets a receiver skip it.
  const text = decodeText(body).replace(/^\uFEFF/, "");
  return parseQuoted(text) ?? parseSlowly(text);
}

function parseQuoted(text: string): unknown {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.replace(numericValues, '"value"$1"$2"'));
  } catch {
    return undefined;
  }
  return hasNumericValue(parsed) ? undefined : parsed;
}

/** Wherever it matters: in the measurements. */
function hasNumericValue(parsed: unknown): boolean {
  const { measurements } = (parsed ?? {}) as { readonly measurements?: unknown };
  return (
    Array.isArray(measurements) &&
    measurements.some(
      (item: { readonly value?: unknown } | null) => typeof item?.value === "number",
    )
  );
}

const keepDigits = (key: string, value: unknown, context: { readonly source: string }): unknown =>
  key === "value" && typeof value === "number" ? context.source : value;

function parseSlowly(text: string): unknown {
  try {
    return parseWithSource(text, keepDigits);
  } catch (cause) {
    if (cause instanceof RangeError) {
      throw new MalformedBody("json-invalid", "send JSON that is not nested this deeply", {
        cause,
      });
    }
    const detail = cause instanceof Error ? cause.message : "it cannot be parsed";
    throw new MalformedBody("json-invalid", `send JSON: ${detail}`, { cause });
  }
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
      collector.refuse(join(at, key), { code: "field-invalid", detail });
    }
    if (issue.keys === undefined) {
      const place = join(at, ...issue.path.map(String));
      collector.refuse(place, { code: "field-invalid", detail: issue.message });
    }
  }
}

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
  check("project_name", checkName("project", projectName));
  check("metric", checkMetric(metric, context));
  check("value", typeof value === "string" ? undefined : value);
  check("time", timeMs === undefined ? timeInvalid : checkTime(timeMs, context));
  check("site", checkName("site", site));
  check("resource", checkName("resource", resource));
  if (sound && typeof value === "string" && timeMs !== undefined) {
    collector.accept({ projectName, metric, site, resource, timeMs, value });
  }
}

const timeInvalid: Refusal = {
  code: "time-invalid",
  detail: "send RFC 3339 text with Z or an offset, or Unix milliseconds",
};

function checkMetric(metric: string, context: DecodeContext): Refusal | undefined {
  if (context.isBilled(metric)) {
    return checkName("metric", metric);
  }
  return { code: "metric-unbilled", detail: "send a metric that has a price here" };
}

function readTime(time: string | number): number | undefined {
  return typeof time === "string" ? readRfc3339(time) : Math.floor(time);
}
