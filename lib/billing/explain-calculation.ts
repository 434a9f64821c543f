import { type CalculationWords, englishCalculation } from "./calculation-words.ts";
import { CREDITS_SCALE, formatDecimal, PRICE_SCALE, VALUE_SCALE } from "./decimal.ts";
import type { FoldRule, FoldStep } from "./fold-trace.ts";
import type { SpreadPart } from "./hourly-costs.ts";
import type { Sample } from "./sample.ts";
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
export function calculationOf(
  step: Calculated,
  words: CalculationWords = englishCalculation,
): string {
  const { part, tariff, isAccepted } = step;
  const accepted = isAccepted ? [words.accepted] : [];
  const booked =
    part === undefined ? [] : [...shareOf(step, part, words), costOf(part, tariff, words)];
  return [amountOf(step, words), ...accepted, ...booked].join("; ");
}

const value = (amount: bigint): string => formatDecimal(amount, VALUE_SCALE);

/** How the whole step comes to its amount. */
function amountOf(step: Calculated, words: CalculationWords): string {
  const { rule, from, to, usage, tariff } = step;
  if (rule === "baseline" || rule === "removed") return words[rule];
  if (from === null) return words.reported(value(usage));
  const risen = `${value(to.value)} − ${value(from.value)} = ${value(to.value - from.value)}`;
  const within = withinOf(dipWindowAt(tariff, from.timeMs), words);
  const maxRate = value(maxRateAt(tariff, from.timeMs) ?? 0n);
  switch (rule) {
    case "dip":
      return `${words.dip(value(from.value), within)}: ${risen}`;
    case "reset":
      return words.reset(value(from.value), value(to.value), within);
    case "open":
      return words.open(value(from.value), within);
    case "held":
    case "rejected":
      return `${words[rule](maxRate)}: ${value(usage)}`;
    case "gauge":
    case "gauge-gap":
      return gaugeOf(step, from, words);
    default:
      return risen;
  }
}

function gaugeOf(
  { rule, usage, untilMs, tariff }: Calculated,
  from: Sample,
  words: CalculationWords,
) {
  const { lengths, unit } = inUnits(untilMs - from.timeMs, hourMs);
  const [length, hour] = lengths;
  const gap = durationOf(maxGapAt(tariff, from.timeMs));
  const inUse = words.inUse(value(from.value), `${length} ${words.units[unit]}`);
  const most = rule === "gauge-gap" ? words.atMost(gap) : "";
  return `${inUse}${most}: ${value(from.value)} × ${length}/${hour} = ${value(usage)}`;
}

function withinOf(windowMs: number, words: CalculationWords): string {
  if (windowMs === 0) return words.atNextMeasurement;
  return Number.isFinite(windowMs) ? words.within(durationOf(windowMs)) : words.atAnyTime;
}

/** How much of the step's amount the part is; nothing where it is all of it. */
function shareOf(
  { from, usage, untilMs }: Calculated,
  part: SpreadPart,
  words: CalculationWords,
): string[] {
  if (from === null || part.usage === usage) return [];
  const { lengths, unit } = inUnits(
    part.fromMs - from.timeMs,
    part.untilMs - from.timeMs,
    untilMs - from.timeMs,
  );
  const [begin, end, length] = lengths;
  const usedAfter = part.usedBefore + part.usage;
  const upTo = (elapsed: number) => `${value(usage)} × ${elapsed}/${length} ${words.units[unit]}`;
  if (part.usedBefore === 0n) return [`${words.share} ${upTo(end)} = ${value(part.usage)}`];
  const parts = `${value(usedAfter)} − ${value(part.usedBefore)} = ${value(part.usage)}`;
  const whole = part.untilMs === untilMs ? value(usage) : upTo(end);
  return [`${words.share} ${whole} − ${upTo(begin)} = ${parts}`];
}

function costOf({ period, usage }: SpreadPart, tariff: Tariff, words: CalculationWords): string {
  const price = tariff.periods[period];
  if (price === undefined) return words.free;
  const credits = formatDecimal(usage * price.credits, CREDITS_SCALE);
  return words.credits(
    `${value(usage)} × ${formatDecimal(price.credits, PRICE_SCALE)} = ${credits}`,
  );
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
  if (ms % hourMs === 0) return `${ms / hourMs} h`;
  return ms % minuteMs === 0 ? `${ms / minuteMs} min` : `${ms / 1_000} s`;
}
