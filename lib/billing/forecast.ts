import { CREDITS_SCALE, divideHalfEven } from "./decimal.ts";
import { dayMs, hourMs, hourOf } from "./time.ts";

/** Beyond ten years an end is a rate that is nearly zero, not a date. */
const aheadMsMax = 3_653 * dayMs;

/** The stretches over which a burn rate is taken, in hours. */
export const burnWindows = { day: 24, week: 7 * 24, month: 30 * 24 } as const;
export type BurnWindow = keyof typeof burnWindows;

/** Per stretch; credits at CREDITS_SCALE. */
export type PerWindow<Value> = Readonly<Record<BurnWindow, Value>>;

export interface Usage {
  /** Credits of the stretch's hours. */
  readonly credits: PerWindow<bigint>;
  /** When the project was measured first; null: never. */
  readonly firstMs: number | null;
}

/** When a budget ends, Unix milliseconds at full hours. */
export interface BudgetEnd {
  /** At the highest of the rates. */
  readonly earliestMs: number;
  /** At the rate of the last week; null: it is zero, or the end is more than ten years away. */
  readonly expectedMs: number | null;
  /** At the lowest of the rates; null: as above. */
  readonly latestMs: number | null;
}

/** The beginning of the stretch's first hour: the hour of `nowMs`, which is not over yet, is its last. */
export const windowStartMs = (window: BurnWindow, nowMs: number): number =>
  hourOf(nowMs) - (burnWindows[window] - 1) * hourMs;

/**
 * Credits per hour in each stretch, at CREDITS_SCALE: what was used, by the time in which it was. A
 * project that is younger than the stretch has had less time, but an hour at least.
 */
export const burnRates = (usage: Usage, nowMs: number): PerWindow<bigint> =>
  perWindow((window) =>
    divideHalfEven(usage.credits[window] * BigInt(hourMs), BigInt(lengthMs(window, usage, nowMs))),
  );

/**
 * When the budget ends if the project goes on as in the last day, week or month; null where nothing is
 * left, and where nothing was used. `remaining` at CREDITS_SCALE.
 */
export function forecastEnd(usage: Usage, remaining: bigint, nowMs: number): BudgetEnd | null {
  if (remaining <= 0n) return null;
  const ends = perWindow((window) => {
    const used = usage.credits[window];
    if (used <= 0n) return null;
    const leftMs = (remaining * BigInt(lengthMs(window, usage, nowMs))) / used;
    return leftMs > BigInt(aheadMsMax) ? null : nowMs + Number(leftMs);
  });
  const known = Object.values(ends).filter((end) => end !== null);
  if (known.length === 0) return null;
  const isOpen = Object.values(ends).includes(null);
  return {
    earliestMs: toHour(Math.min(...known), Math.floor),
    expectedMs: ends.week === null ? null : toHour(ends.week, Math.round),
    latestMs: isOpen ? null : toHour(Math.max(...known), Math.ceil),
  };
}

/** An end to the minute would be a false precision; the hour is the ledger's own. */
const toHour = (ms: number, round: (hours: number) => number): number =>
  round(ms / hourMs) * hourMs;

function lengthMs(window: BurnWindow, { firstMs }: Usage, nowMs: number): number {
  const startMs = Math.max(windowStartMs(window, nowMs), firstMs ?? nowMs);
  return Math.max(Math.floor(nowMs) - startMs, hourMs);
}

const perWindow = <Value>(of: (window: BurnWindow) => Value): PerWindow<Value> => ({
  day: of("day"),
  week: of("week"),
  month: of("month"),
});

/** Decimals that a burn rate is shown with. */
export const RATE_SCALE = 6;

/** A burn rate at RATE_SCALE, for people. */
export const roundRate = (rate: bigint): bigint =>
  divideHalfEven(rate, 10n ** BigInt(CREDITS_SCALE - RATE_SCALE));
