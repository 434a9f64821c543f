import { PRICE_SCALE, parseDecimal } from "./billing/decimal.ts";
import type { MetricKind, Tariff, TariffPeriod } from "./billing/tariff.ts";
import { parseWithSource } from "./formats/parse-with-source.ts";

/** What `METRICS_TO_BILL` says of one metric. */
export interface MetricSetting {
  readonly tariff: Tariff;
  /** One price without a date: it counts from now on where the database has another. */
  readonly isPlainPrice: boolean;
}

export type MetricSettings = ReadonlyMap<string, MetricSetting>;

const kinds: readonly string[] = ["counter", "gauge", "delta"] satisfies MetricKind[];
const defaultDipWindow = "1h";
const defaultMaxGap = "15m";
const knownFields = new Set(["unit", "kind", "dip_window", "max_gap", "prices"]);
const unitsMs: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** A number of the configuration, with the digits that were written. */
class DecimalText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/**
 * Reads `METRICS_TO_BILL`: metric → price (a number), or metric → `{unit, kind, dip_window, max_gap,
 * prices: [{from?, credits}]}`. Every fault is one message that names the place; throws all of them
 * as the messages of an AggregateError.
 */
export function parseMetricSettings(json: string): MetricSettings {
  const faults: Error[] = [];
  const metrics = new Map<string, MetricSetting>();
  for (const [metric, value] of Object.entries(parseObject(json))) {
    try {
      metrics.set(metric, parseMetric(metric, value));
    } catch (fault) {
      faults.push(fault as Error);
    }
  }
  if (faults.length > 0) throw new AggregateError(faults);
  return metrics;
}

function parseObject(json: string): object {
  let parsed: unknown;
  try {
    parsed = parseWithSource(json, (_key, value, { source }) =>
      typeof value === "number" ? new DecimalText(source) : value,
    );
  } catch (cause) {
    throw new AggregateError([
      new Error(`is not JSON: ${cause instanceof Error ? cause.message : cause}`, { cause }),
    ]);
  }
  if (!isRecord(parsed)) {
    throw new AggregateError([new Error('must be an object such as {"project_vcpu_usage": 1}')]);
  }
  return parsed;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof DecimalText);

function parseMetric(metric: string, value: unknown): MetricSetting {
  if (metric === "" || metric === "adjustment")
    throw new Error(`${JSON.stringify(metric)} cannot name a metric`);
  if (!isRecord(value)) return toSetting(metric, { prices: [{ credits: value }] });
  const unknown = Object.keys(value).find((field) => !knownFields.has(field));
  if (unknown !== undefined) {
    throw new Error(
      `${metric}: unknown field ${JSON.stringify(unknown)}; there are ${[...knownFields].join(", ")}`,
    );
  }
  return toSetting(metric, value);
}

function toSetting(metric: string, fields: Record<string, unknown>): MetricSetting {
  const {
    unit = "",
    kind = "counter",
    dip_window = defaultDipWindow,
    max_gap = defaultMaxGap,
  } = fields;
  if (typeof unit !== "string") throw new Error(`${metric}.unit must be a text`);
  if (typeof kind !== "string" || !kinds.includes(kind)) {
    throw new Error(`${metric}.kind must be one of ${kinds.join(", ")}`);
  }
  const dipWindowMs =
    dip_window === "forever"
      ? Number.POSITIVE_INFINITY
      : parseDuration(`${metric}.dip_window`, dip_window);
  const maxGapMs = parseDuration(`${metric}.max_gap`, max_gap);
  if (maxGapMs === 0) throw new Error(`${metric}.max_gap must be longer than 0`);
  const prices = parsePrices(`${metric}.prices`, fields["prices"]);
  const periods = prices.map((price): TariffPeriod => ({ ...price, dipWindowMs, maxGapMs }));
  return {
    tariff: { kind: kind as MetricKind, unit, periods },
    isPlainPrice: prices.length === 1 && prices[0]?.fromMs === Number.NEGATIVE_INFINITY,
  };
}

/** `90s`, `15m`, `1h`, `7d` in milliseconds. */
export function parseDuration(place: string, value: unknown): number {
  const match = typeof value === "string" ? /^(\d{1,9})([smhd])$/.exec(value) : null;
  const unitMs = unitsMs[match?.[2] ?? ""];
  if (match === null || unitMs === undefined) {
    throw new Error(`${place} must be a duration such as "90s", "15m", "1h" or "7d"`);
  }
  return Number(match[1]) * unitMs;
}

type Price = Pick<TariffPeriod, "fromMs" | "credits">;

function parsePrices(place: string, value: unknown): Price[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw new Error(`${place} must be a list of at least one price`);
  }
  const prices = value.map((price, index) => parsePrice(`${place}[${index}]`, price, index === 0));
  for (const [index, { fromMs }] of prices.entries()) {
    if (fromMs <= (prices[index - 1]?.fromMs ?? Number.NaN)) {
      throw new Error(`${place}[${index}].from must be later than the one before it`);
    }
  }
  return prices;
}

function parsePrice(place: string, value: unknown, isFirst: boolean): Price {
  const { from, credits, ...rest } = isRecord(value) ? value : { credits: value };
  const unknown = Object.keys(rest)[0];
  if (unknown !== undefined) throw new Error(`${place}: unknown field ${JSON.stringify(unknown)}`);
  if (from === undefined && !isFirst)
    throw new Error(`${place}.from is missing; only the first price may go without`);
  return {
    fromMs: from === undefined ? Number.NEGATIVE_INFINITY : parseInstant(`${place}.from`, from),
    credits: parseCredits(`${place}.credits`, credits),
  };
}

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;

function parseInstant(place: string, value: unknown): number {
  const ms = typeof value === "string" && instant.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(ms)) {
    throw new Error(`${place} must be an instant such as "2026-01-01T00:00:00Z"`);
  }
  return ms;
}

function parseCredits(place: string, value: unknown): bigint {
  const text = value instanceof DecimalText ? value.text : value;
  if (typeof text !== "string" || !/^\d{1,12}(\.\d{1,12})?$/.test(text)) {
    throw new Error(
      `${place} must be a price: a number or decimal text, not negative, below 1e12, with at most 12 decimals`,
    );
  }
  return parseDecimal(text, PRICE_SCALE);
}
