import { divideHalfEven } from "./decimal.ts";
import type { IncreaseWatch } from "./doubts.ts";
import type { FoldRule, FoldStep, FoldTrace } from "./fold-trace.ts";
import { decisionOn, type HeldIncrease, isImplausibleRise, nothingHeld } from "./held-increases.ts";
import {
  addUsage,
  CUT_STEP,
  difference,
  type GrowingHours,
  type HourlyCosts,
  spreadUsage,
} from "./hourly-costs.ts";
import { creditsOf } from "./price-in-force.ts";
import type { OpenDrop, Sample } from "./sample.ts";
import { dipWindowAt, maxGapAt, maxRateAt, periodIndexAt, type Tariff } from "./tariff.ts";
import { hourMs, hourOf } from "./time.ts";

export interface Fold {
  readonly hours: GrowingHours;
  /** What is held back of it, ascending. */
  readonly held: readonly HeldIncrease[];
  readonly openDrop: OpenDrop | null;
}

export interface FoldOptions {
  /**
   * The first sample was billed before and only says where to go on: a retention floor. Matters to
   * `delta` alone, where it would be billed again. A counter's first sample is a baseline anyway, and
   * a gauge's first value speaks for the time after it, which the floor does not cover.
   */
  readonly firstIsFloor?: boolean;
  /** Decide what is still open as if no higher value would come back: see `pendingCosts`. */
  readonly openDropsAreResets?: boolean;
  /** Sees each increase of a counter, in the order of time. */
  readonly watch?: IncreaseWatch | undefined;
  /** Sees every step, where a bill is to be explained. */
  readonly trace?: FoldTrace | undefined;
}

/**
 * The bill of one series: what it used and what that costs, hour by hour. A pure function of the
 * samples (ascending, one per time) and the tariff; README.md has the rules in words.
 */
export function fold(samples: readonly Sample[], tariff: Tariff, options: FoldOptions = {}): Fold {
  const bill: Bill = { hours: new Map(), held: nothingHeld, openDrop: null };
  switch (tariff.kind) {
    case "counter":
      bill.openDrop = foldCounter(bill, samples, tariff, options);
      return bill;
    case "gauge":
      foldGauge(bill, samples, tariff, options.trace);
      return bill;
    case "delta":
      foldDelta(bill.hours, samples, tariff, options);
      return bill;
  }
}

/** What is being added up. */
interface Bill extends Fold {
  held: readonly HeldIncrease[];
  openDrop: OpenDrop | null;
}

/**
 * The cost of the stretch held back by an open drop if the drop proves to be a reset: the most that a
 * person has to expect beyond the ledger.
 */
export function pendingCosts(samples: readonly Sample[], tariff: Tariff): HourlyCosts {
  const decided = fold(samples, tariff, { openDropsAreResets: true });
  return difference(fold(samples, tariff).hours, decided.hours);
}

/**
 * Walks from one measurement that counts to the next. The walk keeps nothing but where it stands: so
 * it can start at any measurement that it would have visited, which is what anchors are made of.
 */
function foldCounter(
  bill: Bill,
  samples: readonly Sample[],
  tariff: Tariff,
  options: FoldOptions,
): OpenDrop | null {
  const last = samples.length - 1;
  const { watch, trace } = options;
  let recoveries: Int32Array | undefined;
  let index = 0;
  while (index < last) {
    const from = samples[index] as Sample;
    const next = samples[index + 1] as Sample;
    let untilIndex = index + 1;
    if (next.value < from.value) {
      recoveries ??= firstNotLower(samples);
      const windowEndMs = next.timeMs + dipWindowAt(tariff, from.timeMs);
      const recovery = samples[recoveries[index] as number];
      if (recovery !== undefined && recovery.timeMs <= windowEndMs) {
        untilIndex = recoveries[index] as number;
      } else if ((samples[last] as Sample).timeMs > windowEndMs || options.openDropsAreResets) {
        trace?.step(stepOf("reset", samples, index, index + 1));
        index += 1;
        continue;
      } else {
        trace?.step(stepOf("open", samples, index, last));
        return { peak: from, droppedAtMs: next.timeMs };
      }
    }
    const until = samples[untilIndex] as Sample;
    const rise = until.value - from.value;
    const isHeld = isImplausibleRise(tariff, from.timeMs, until.timeMs, rise);
    if (trace !== undefined) {
      const rule = untilIndex > index + 1 ? "dip" : "increase";
      trace.step({ ...stepOf(rule, samples, index, untilIndex), usage: rise });
    }
    if (isHeld) hold(bill, tariff, from.timeMs, until.timeMs, rise, trace);
    else spreadUsage(bill.hours, tariff, from.timeMs, until.timeMs, rise, trace?.part);
    if (watch !== undefined) {
      const dippedTo = untilIndex > index + 1 ? samples[untilIndex - 1]?.value : undefined;
      watch.see(from, until, rise, { dippedTo, isHeld });
    }
    index = untilIndex;
  }
  return null;
}

/** A step of a counter from one of the samples to another, which uses nothing. */
function stepOf(rule: FoldRule, samples: readonly Sample[], from: number, to: number): FoldStep {
  const last = samples[to] as Sample;
  return {
    rule,
    from: samples[from] as Sample,
    through: samples.slice(from + 1, to),
    to: last,
    usage: 0n,
    untilMs: last.timeMs,
  };
}

/**
 * For each sample the index of the first later one that is not lower, or the length. One pass from
 * the right over a stack of rising values: searching from each drop would be quadratic for a series
 * that falls for long.
 */
function firstNotLower(samples: readonly Sample[]): Int32Array {
  const found = new Int32Array(samples.length).fill(samples.length);
  const rising: number[] = [];
  for (let index = samples.length - 1; index >= 0; index -= 1) {
    const { value } = samples[index] as Sample;
    let top = rising.at(-1);
    while (top !== undefined && (samples[top] as Sample).value < value) {
      rising.pop();
      top = rising.at(-1);
    }
    if (top !== undefined) found[index] = top;
    rising.push(index);
  }
  return found;
}

/** Each value holds until the next measurement, but for `max_gap` at most; the last one for nothing. */
function foldGauge(
  bill: Bill,
  samples: readonly Sample[],
  tariff: Tariff,
  trace: FoldTrace | undefined,
): void {
  let from: Sample | undefined;
  for (const sample of samples) {
    if (from !== undefined) {
      const lengthMs = Math.min(sample.timeMs - from.timeMs, maxGapAt(tariff, from.timeMs));
      const unitMs = from.value * BigInt(lengthMs);
      const amount = divideHalfEven(unitMs, BigInt(hourMs) * CUT_STEP) * CUT_STEP;
      const maxRate = maxRateAt(tariff, from.timeMs);
      const untilMs = from.timeMs + lengthMs;
      if (trace !== undefined) {
        const rule = untilMs < sample.timeMs ? "gauge-gap" : "gauge";
        trace.step({ rule, from, through: [], to: sample, usage: amount, untilMs });
      }
      if (maxRate !== null && from.value > maxRate) {
        hold(bill, tariff, from.timeMs, untilMs, amount, trace);
      } else spreadUsage(bill.hours, tariff, from.timeMs, untilMs, amount, trace?.part);
    }
    from = sample;
  }
}

/** Keeps an implausible increase out of the ledger, unless an operator has decided on it. */
function hold(
  bill: Bill,
  tariff: Tariff,
  fromMs: number,
  untilMs: number,
  usage: bigint,
  trace: FoldTrace | undefined,
): void {
  const decision = decisionOn(tariff, fromMs, untilMs);
  trace?.hold(decision);
  if (decision?.isAccepted) spreadUsage(bill.hours, tariff, fromMs, untilMs, usage, trace?.part);
  if (decision !== undefined || usage === 0n) return;
  const cost: GrowingHours = new Map();
  spreadUsage(cost, tariff, fromMs, untilMs, usage);
  let credits = 0n;
  for (const hour of cost.values()) credits += hour.credits;
  const one = { fromMs, untilMs, usage, credits };
  // Almost no series holds anything back, so those share one list that stays empty.
  if (bill.held === nothingHeld) bill.held = [one];
  else (bill.held as HeldIncrease[]).push(one);
}

/** Each value is usage by itself, in the hour and at the price of its time. */
function foldDelta(
  hours: GrowingHours,
  samples: readonly Sample[],
  tariff: Tariff,
  options: FoldOptions,
): void {
  const { trace } = options;
  for (const sample of options.firstIsFloor ? samples.slice(1) : samples) {
    const { timeMs, value: usage } = sample;
    const [hour, period] = [hourOf(timeMs), periodIndexAt(tariff, timeMs)];
    addUsage(hours, hour, usage, creditsOf(tariff, period));
    trace?.step({ rule: "delta", from: null, through: [], to: sample, usage, untilMs: timeMs });
    trace?.part({ hour, fromMs: timeMs, untilMs: timeMs, usedBefore: 0n, usage, period });
  }
}
