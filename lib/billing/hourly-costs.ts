import { divideHalfEven, VALUE_SCALE } from "./decimal.ts";
import { creditsOf } from "./price-in-force.ts";
import { periodIndexAt, type Tariff } from "./tariff.ts";
import { hourMs, hourOf } from "./time.ts";

/** The usage of one series in one UTC hour, and its cost. */
export interface HourCost {
  /** At VALUE_SCALE. */
  readonly usage: bigint;
  /** At CREDITS_SCALE. */
  readonly credits: bigint;
}

/** By the start of the UTC hour in Unix milliseconds; hours without usage are not in it. */
export type HourlyCosts = ReadonlyMap<number, HourCost>;

/** Hours that are being added up. */
export type GrowingHours = Map<number, HourCost>;

export const noHours: ReadonlyMap<number, HourCost> = new Map();

/** Amounts at a cut are rounded to 12 decimals; at VALUE_SCALE that is a multiple of this. */
export const CUT_STEP = 10n ** BigInt(VALUE_SCALE - 12);

/** Adds usage to an hour at a price; no usage leaves no trace. */
export function addUsage(hours: GrowingHours, hour: number, usage: bigint, price: bigint): void {
  if (usage === 0n) return;
  addUsageAndCredits(hours, hour, { usage, credits: usage * price });
}

/** Adds to an hour usage that is priced already. */
export function addUsageAndCredits(
  hours: GrowingHours,
  hour: number,
  { usage, credits }: HourCost,
): void {
  if (usage === 0n && credits === 0n) return;
  const sum = hours.get(hour);
  hours.set(
    hour,
    sum === undefined
      ? { usage, credits }
      : { usage: sum.usage + usage, credits: sum.credits + credits },
  );
}

/** A part of an amount that was spread: what of it was used in one hour, at one price. */
export interface SpreadPart {
  readonly hour: number;
  /** It was used within `(fromMs, untilMs]`. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** Of the amount, what was used before the part; at VALUE_SCALE, as the next. */
  readonly usedBefore: bigint;
  readonly usage: bigint;
  /** The tariff's period that prices it; -1: before the first one. */
  readonly period: number;
}

/**
 * Spreads an amount evenly over `(fromMs, untilMs]`, cut at full hours and price changes. The
 * usage up to a cut is rounded by itself, and a part is the difference of two neighbouring cuts: so
 * parts are never negative, add up to the amount, and do not depend on which other cuts there are.
 */
export function spreadUsage(
  hours: GrowingHours,
  tariff: Tariff,
  fromMs: number,
  untilMs: number,
  amount: bigint,
  see?: (part: SpreadPart) => void,
): void {
  if (amount === 0n) return;
  let period = periodIndexAt(tariff, fromMs);
  let partFromMs = fromMs;
  let usedBefore = 0n;
  while (partFromMs < untilMs) {
    const hour = hourOf(partFromMs);
    const priceEndMs = tariff.periods[period + 1]?.fromMs ?? Number.POSITIVE_INFINITY;
    const cutMs = Math.min(hour + hourMs, priceEndMs, untilMs);
    const used = cutMs === untilMs ? amount : usedUpTo(amount, cutMs - fromMs, untilMs - fromMs);
    const usage = used - usedBefore;
    addUsage(hours, hour, usage, creditsOf(tariff, period));
    see?.({ hour, fromMs: partFromMs, untilMs: cutMs, usedBefore, usage, period });
    if (cutMs === priceEndMs) period += 1;
    partFromMs = cutMs;
    usedBefore = used;
  }
}

/** The share of an amount, half-even to 12 decimals, but never more than all of it. */
function usedUpTo(amount: bigint, elapsedMs: number, lengthMs: number): bigint {
  const steps = divideHalfEven(amount * BigInt(elapsedMs), BigInt(lengthMs) * CUT_STEP);
  const used = steps * CUT_STEP;
  return used > amount ? amount : used;
}

/**
 * `after − before`, hour by hour: what must be added to a ledger that holds `before`. May be negative;
 * hours in which neither usage nor credits change are left out.
 */
export function difference(before: HourlyCosts, after: HourlyCosts): HourlyCosts {
  if (before.size === 0) return after;
  const changes: GrowingHours = new Map();
  for (const [hour, { usage, credits }] of after) {
    const old = before.get(hour);
    if (old === undefined) changes.set(hour, { usage, credits });
    else if (usage !== old.usage || credits !== old.credits) {
      changes.set(hour, { usage: usage - old.usage, credits: credits - old.credits });
    }
  }
  for (const [hour, { usage, credits }] of before) {
    if (!after.has(hour)) changes.set(hour, { usage: -usage, credits: -credits });
  }
  return changes;
}
