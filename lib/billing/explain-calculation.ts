import { CREDITS_SCALE, formatDecimal, PRICE_SCALE, VALUE_SCALE } from "./decimal.ts";
import type { FoldRule, FoldStep } from "./fold-trace.ts";
import type { SpreadPart } from "./hourly-costs.ts";
import { dipWindowAt, maxGapAt, maxRateAt, type Tariff } from "./tariff.ts";
import { hourMs, minuteMs } from "./time.ts";

/** The rule by which a part of an hour came about. */
export type ExplainedRule =
  | FoldRule
  /** The first measurement of a series: counting begins there. */
  | "baseline"
  /** Faster than anybody can use: not decided on, or decided against. */
  | "held"
  | "rejected"
  /** The part of the hour whose measurements retention has removed. */
  | "removed";

/** A step, and what of it belongs to the hour. */
export interface Calculated extends Omit<FoldStep, "rule"> {
  readonly rule: ExplainedRule;
  readonly isAccepted: boolean;
  /** undefined: nothing of it was used in the hour. */
  readonly part: SpreadPart | undefined;
  readonly tariff: Tariff;
}

/**
 * The calculation of a part as a sentence. Each product is rounded half-even to 12 decimals, as the ledger
 * does; a part is the difference of two such products, so that all parts add up to the whole.
 */
export function calculationOf(step: Calculated): string {
  const { part, tariff, isAccepted } = step;
  const accepted = isAccepted ? ["an operator has accepted it"] : [];
  const booked = part === undefined ? [] : [...shareOf(step, part), costOf(part, tariff)];
  return [amountOf(step), ...accepted, ...booked].join("; ");
}

const value = (amount: bigint): string => formatDecimal(amount, VALUE_SCALE);

/** How the whole step comes to its amount. */
function amountOf({ rule, from, to, usage, untilMs, tariff }: Calculated): string {
  if (from === null) return `${value(usage)} was reported as used`;
  const risen = `${value(to.value)} − ${value(from.value)} = ${value(to.value - from.value)}`;
  const window = dipWindowAt(tariff, from.timeMs);
  switch (rule) {
    case "dip":
      return `it fell below ${value(from.value)} and was back within ${durationOf(window)}: ${risen}`;
    case "reset":
      return `it fell from ${value(from.value)} to ${value(to.value)} and was not back ${withinOf(window)}: counting begins anew, and nothing is used`;
    case "open":
      return `it fell below ${value(from.value)}; it is not decided yet whether it comes back within ${durationOf(window)}, so nothing is used so far`;
    case "held":
      return `${tooFast(from.timeMs, tariff)}, so it is held until an operator decides: ${value(usage)}`;
    case "rejected":
      return `${tooFast(from.timeMs, tariff)}, and an operator has decided that it does not count: ${value(usage)}`;
    case "gauge":
    case "gauge-gap": {
      const { lengths, unit } = inUnits(untilMs - from.timeMs, hourMs);
      const [length, hour] = lengths;
      const gap = durationOf(maxGapAt(tariff, from.timeMs));
      const most = rule === "gauge-gap" ? `, because a value counts for ${gap} at most` : "";
      return `${value(from.value)} in use for ${length} ${unit}${most}: ${value(from.value)} × ${length}/${hour} = ${value(usage)}`;
    }
    default:
      return risen;
  }
}

const withinOf = (windowMs: number): string =>
  windowMs === 0 ? "at the next measurement" : `within ${durationOf(windowMs)}`;

const tooFast = (timeMs: number, tariff: Tariff): string =>
  `that is faster than ${value(maxRateAt(tariff, timeMs) ?? 0n)} an hour`;

/** How much of the step's amount the part is; nothing where it is all of it. */
function shareOf({ from, usage, untilMs }: Calculated, part: SpreadPart): string[] {
  if (from === null || part.usage === usage) return [];
  const { lengths, unit } = inUnits(
    part.fromMs - from.timeMs,
    part.untilMs - from.timeMs,
    untilMs - from.timeMs,
  );
  const [begin, end, length] = lengths;
  const usedAfter = part.usedBefore + part.usage;
  const upTo = (elapsed: number) => `${value(usage)} × ${elapsed}/${length} ${unit}`;
  if (part.usedBefore === 0n) return [`in this part ${upTo(end)} = ${value(part.usage)}`];
  const parts = `${value(usedAfter)} − ${value(part.usedBefore)} = ${value(part.usage)}`;
  const whole = part.untilMs === untilMs ? value(usage) : upTo(end);
  return [`in this part ${whole} − ${upTo(begin)} = ${parts}`];
}

function costOf({ period, usage }: SpreadPart, tariff: Tariff): string {
  const price = tariff.periods[period];
  if (price === undefined) return "before the first price it costs nothing";
  const credits = formatDecimal(usage * price.credits, CREDITS_SCALE);
  return `${value(usage)} × ${formatDecimal(price.credits, PRICE_SCALE)} = ${credits} credits`;
}

const units = [
  ["minutes", minuteMs],
  ["seconds", 1_000],
  ["milliseconds", 1],
] as const;

/** Lengths in the largest unit in which all of them are whole. */
function inUnits<const Lengths extends readonly number[]>(...lengthsMs: Lengths) {
  const [unit, unitMs] =
    units.find(([, ms]) => lengthsMs.every((length) => length % ms === 0)) ?? units[2];
  return { unit, lengths: lengthsMs.map((ms) => ms / unitMs) as { [I in keyof Lengths]: number } };
}

function durationOf(ms: number): string {
  if (!Number.isFinite(ms)) return "any time";
  if (ms % hourMs === 0) return `${ms / hourMs} h`;
  return ms % minuteMs === 0 ? `${ms / minuteMs} min` : `${ms / 1_000} s`;
}
