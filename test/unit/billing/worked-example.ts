import { formatCredits } from "../../../lib/billing/credits.ts";
import {
  formatDecimal,
  PRICE_SCALE,
  parseDecimal,
  VALUE_SCALE,
} from "../../../lib/billing/decimal.ts";
import type { HourlyCosts } from "../../../lib/billing/hourly-costs.ts";
import type { Sample } from "../../../lib/billing/sample.ts";

import type { MetricKind, Tariff } from "../../../lib/billing/tariff.ts";
import { totalOf } from "../../support/ledger/scaled.ts";

export const minutes = 60_000;
export const hours = 60 * minutes;
export const forever = Number.POSITIVE_INFINITY;
export const always = Number.NEGATIVE_INFINITY;

/** `09:30` of the example's day, `09:30:15` with seconds, `24:00` and beyond for the days after. */
export function at(clock: string): number {
  const [hour = 0, minute = 0, second = 0] = clock.split(":").map(Number);
  return Date.UTC(2026, 10, 23) + (hour * 3600 + minute * 60 + second) * 1000;
}

/** `measured("09:00 100", "09:05 110")`: what was measured when. */
export function measured(...lines: readonly string[]): Sample[] {
  return lines.map((line) => {
    const [clock = "", value = ""] = line.split(" ");
    return { timeMs: at(clock), value: parseDecimal(value, VALUE_SCALE) };
  });
}

/** `every5Minutes("100, 110, 40")`: the first at 09:00. */
export function every5Minutes(values: string): Sample[] {
  return values.split(", ").map((value, index) => ({
    timeMs: at("09:00") + index * 5 * minutes,
    value: parseDecimal(value, VALUE_SCALE),
  }));
}

interface Terms {
  readonly kind?: MetricKind;
  /** Price by the clock time from which it counts; one price alone counts always. */
  readonly price?: string | Readonly<Record<string, string>>;
  readonly dipWindowMs?: number;
  readonly maxGapMs?: number;
  /** Units per hour. */
  readonly maxRate?: string | null;
}

export function tariff({
  kind = "counter",
  price = "1",
  dipWindowMs = 1 * hours,
  maxGapMs = 15 * minutes,
  maxRate = null,
}: Terms = {}): Tariff {
  const prices = typeof price === "string" ? [["", price] as const] : Object.entries(price);
  const periods = prices.map(([clock, credits]) => ({
    fromMs: clock === "" ? always : at(clock),
    credits: parseDecimal(credits, PRICE_SCALE),
    dipWindowMs,
    maxGapMs,
    maxRate: maxRate === null ? null : parseDecimal(maxRate, VALUE_SCALE),
  }));
  return { kind, unit: "vCPU-hours", periods };
}

export function usageOf(costs: HourlyCosts): string {
  return formatDecimal(totalOf(costs).usage, VALUE_SCALE);
}

export function creditsOf(costs: HourlyCosts): string {
  return formatCredits(totalOf(costs).credits);
}

/** `{ "09:00": "12.5" }`: usage by the hour that begins then. */
export function usageByHour(costs: HourlyCosts): Record<string, string> {
  return byHour(costs, ({ usage }) => formatDecimal(usage, VALUE_SCALE));
}

export function creditsByHour(costs: HourlyCosts): Record<string, string> {
  return byHour(costs, ({ credits }) => formatCredits(credits));
}

function byHour(
  costs: HourlyCosts,
  write: (cost: { readonly usage: bigint; readonly credits: bigint }) => string,
): Record<string, string> {
  const ascending = [...costs].toSorted(([a], [b]) => a - b);
  const clockOf = (hour: number) => `${String((hour - at("00:00")) / hours).padStart(2, "0")}:00`;
  return Object.fromEntries(ascending.map(([hour, cost]) => [clockOf(hour), write(cost)]));
}
