import * as z from "zod/mini";
import { parseDecimal, VALUE_SCALE } from "../billing/decimal.ts";
import type { Tariff, TariffPeriod } from "../billing/tariff.ts";
import { hourMs, minuteMs } from "../billing/time.ts";
import { named, parseBy, type ReadVariable, text } from "../config.ts";
import { parseWithSource } from "../formats/parse-with-source.ts";
import { readRfc3339 } from "../formats/read-time.ts";
import { durationRule, readDuration } from "./duration.ts";
import { priceRule, readPrice } from "./price.ts";
import { readBy, readText } from "./read-by.ts";

/** One metric of `METRICS_TO_BILL`. */
export interface MetricSetting {
  readonly tariff: Tariff;
  /** One price without a date: it counts from now on where the database has another. */
  readonly isPlainPrice: boolean;
}

export type MetricSettings = ReadonlyMap<string, MetricSetting>;

// No project of a research cloud has a million vCPUs or GiB: what is faster is a fault of a counter.
const defaultMetrics = JSON.stringify({
  project_vcpu_usage: { max_rate: 1_000_000, prices: [1] },
  project_mb_usage: { max_rate: 1_000_000, prices: [0.3] },
});

/** A number of the configuration, with the digits that were written. */
class WrittenNumber {
  readonly source: string;
  constructor(source: string) {
    this.source = source;
  }
}

const isRecord = (input: unknown): input is Record<string, unknown> =>
  typeof input === "object" &&
  input !== null &&
  !Array.isArray(input) &&
  !(input instanceof WrittenNumber);

/**
 * An object of these fields, or its short form, which `expand` turns into one. An unknown field is the
 * only fault that is reported, for mostly it is a misspelt one that is missing then.
 */
const fieldsOf = (known: readonly string[], expand: (input: unknown) => object) =>
  z.transform((input: unknown, context) => {
    if (!isRecord(input)) return expand(input);
    const unknown = Object.keys(input).find((field) => !known.includes(field));
    if (unknown !== undefined) {
      const message = `: unknown field ${JSON.stringify(unknown)}; there are ${known.join(", ")}`;
      context.issues.push({ code: "custom", message, input });
    }
    return input;
  });

const kindRule = "must be one of counter, gauge, delta";

const Price = z.pipe(
  fieldsOf(["from", "credits"], (credits) => ({ credits })),
  z.object({
    from: z.optional(readText(readRfc3339, 'must be an instant such as "2026-01-01T00:00:00Z"')),
    credits: readBy((input) => {
      const written = input instanceof WrittenNumber ? input.source : input;
      return typeof written === "string" ? readPrice(written) : undefined;
    }, `must be ${priceRule}`),
  }),
);

const pricesRule = "must be a list of at least one price";
const Prices = z.array(Price, pricesRule).check(z.minLength(1, pricesRule), ({ value, issues }) => {
  for (const [index, { from }] of value.entries()) {
    const before = value[index - 1]?.from ?? Number.NEGATIVE_INFINITY;
    if (index === 0 || (from !== undefined && from > before)) continue;
    const message =
      from === undefined
        ? "is missing; only the first price may go without"
        : "must be later than the one before it";
    issues.push({ code: "custom", path: [index, "from"], message, input: value });
  }
});

const rateRule =
  'must be units per hour, a number or decimal text above 0 and below 1e15, with at most 12 decimals, or "none"';

/** null: none; undefined: it is no rate. */
function readRate(input: unknown): bigint | null | undefined {
  if (input === "none") return null;
  const written = input instanceof WrittenNumber ? input.source : input;
  if (typeof written !== "string" || !/^\d{1,15}(\.\d{1,12})?$/.test(written)) return undefined;
  const rate = parseDecimal(written, VALUE_SCALE);
  return rate > 0n ? rate : undefined;
}

const Metric = z.pipe(
  z.pipe(
    fieldsOf(["unit", "kind", "dip_window", "max_gap", "max_rate", "prices"], (credits) => ({
      prices: [{ credits }],
    })),
    z.object({
      unit: z._default(z.string("must be a text"), ""),
      kind: z._default(z.enum(["counter", "gauge", "delta"], kindRule), "counter"),
      dip_window: z._default(
        readText(
          (text) => (text === "forever" ? Number.POSITIVE_INFINITY : readDuration(text)),
          `${durationRule}, or "forever"`,
        ),
        hourMs,
      ),
      max_gap: z._default(
        readText(readDuration, durationRule).check(z.positive("must be longer than 0")),
        15 * minuteMs,
      ),
      max_rate: z._default(readBy(readRate, rateRule), null),
      prices: Prices,
    }),
  ),
  z.transform(
    ({ unit, kind, dip_window: dipWindowMs, max_gap: maxGapMs, max_rate: maxRate, prices }) => {
      const periods = prices.map(
        ({ from: fromMs = Number.NEGATIVE_INFINITY, credits }): TariffPeriod => ({
          fromMs,
          credits,
          dipWindowMs,
          maxGapMs,
          maxRate,
        }),
      );
      const isPlainPrice = prices.length === 1 && prices[0]?.from === undefined;
      return { tariff: { kind, unit, periods }, isPlainPrice };
    },
  ),
);

const MetricName = z
  .string()
  .check(z.refine((name) => name !== "" && name !== "adjustment", "cannot name a metric"));

const Metrics = z.pipe(
  readBy(
    (input) => (isRecord(input) ? new Map(Object.entries(input)) : undefined),
    'must be an object such as {"project_vcpu_usage": 1}',
  ),
  z.map(MetricName, Metric),
);

/** `METRICS_TO_BILL`. */
export const readMetrics = (read: ReadVariable): MetricSettings =>
  named("METRICS_TO_BILL", () =>
    parseMetricSettings(text(read, "METRICS_TO_BILL") ?? defaultMetrics),
  );

/**
 * Metric → price (a number), or metric → `{unit, kind, dip_window, max_gap, max_rate, prices: [{from?, credits}]}`.
 * Throws every fault as an error of an AggregateError, each with its place.
 */
export const parseMetricSettings = (json: string): MetricSettings =>
  parseBy(Metrics, parseNumbers(json));

/** JSON, and each number as it is written. */
function parseNumbers(json: string): unknown {
  try {
    return parseWithSource(json, (_key, value, { source }) =>
      typeof value === "number" ? new WrittenNumber(source) : value,
    );
  } catch (cause) {
    throw new AggregateError([new Error(`is not JSON: ${(cause as Error).message}`, { cause })]);
  }
}
