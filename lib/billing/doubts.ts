import { VALUE_SCALE } from "./decimal.ts";
import type { Sample } from "./sample.ts";
import { hourMs, minuteMs } from "./time.ts";

/** An increase that is faster than the series ever rose, and worth more than a day of that. */
export interface LargeStep {
  readonly from: Sample;
  readonly until: Sample;
}

/** What is doubtful in what was booked, though it is billed as it is. */
export interface BookingDoubts {
  /** When a dip healed that was deeper than an hour of usage, Unix milliseconds, ascending. */
  readonly deepDipsMs: readonly number[];
  readonly largeSteps: readonly LargeStep[];
  /**
   * The fastest that the series rose so far, in units per hour, to a tenth: near enough for a doubt, not
   * for a bill.
   */
  readonly largestPace: number;
}

const unit = 10 ** VALUE_SCALE;
const hoursOfDay = 24;
// A pace that is a little larger changes no doubt, and would have to be written.
const worthNoting = 1.1;

const noDips: readonly number[] = [];
const noSteps: readonly LargeStep[] = [];

/** Looks at increases one after the other. Makes nothing where nothing is doubtful: each booking has one. */
export class IncreaseWatch implements BookingDoubts {
  largestPace: number;
  #deepDipsMs: number[] | null = null;
  #largeSteps: LargeStep[] | null = null;
  readonly #newTimes: ReadonlySet<number> | null;
  // Most increases of a series are those before once more.
  #seenRise = -1n;
  #seenLengthMs = 0;

  /** Only increases from or to a new sample are looked at: the others were before. null: all are new. */
  constructor(largestPace: number, newTimes: ReadonlySet<number> | null) {
    this.largestPace = largestPace;
    this.#newTimes = newTimes;
  }

  /**
   * A counter's way from one measurement that counts to the next one, by which it rises. `dippedTo` is where
   * it stood last before it healed, undefined where it did not dip: a series that is booked sample by sample
   * remembers no more. What is held back nobody pays for.
   */
  see(
    from: Sample,
    until: Sample,
    rise: bigint,
    { dippedTo, isHeld }: { readonly dippedTo: bigint | undefined; readonly isHeld: boolean },
  ): void {
    const times = this.#newTimes;
    if (times !== null && !times.has(until.timeMs) && !times.has(from.timeMs)) return;
    const lengthMs = until.timeMs - from.timeMs;
    // The clocks of a pair that scrapes one exporter cross by seconds' worth of its usage.
    if (
      dippedTo !== undefined &&
      (from.value - dippedTo) * BigInt(lengthMs) > rise * BigInt(hourMs)
    ) {
      this.#deepDipsMs ??= [];
      this.#deepDipsMs.push(until.timeMs);
    }
    if (rise > 0n && !isHeld) this.#seeRise(from, until, rise, lengthMs);
  }

  #seeRise(from: Sample, until: Sample, rise: bigint, lengthMs: number): void {
    if (rise === this.#seenRise && lengthMs === this.#seenLengthMs) return;
    this.#seenRise = rise;
    this.#seenLengthMs = lengthMs;
    const units = Number(rise) / unit;
    const pace = (units * hourMs) / Math.max(lengthMs, minuteMs);
    if (pace <= this.largestPace * worthNoting) return;
    if (this.largestPace > 0 && units > hoursOfDay * this.largestPace) {
      this.#largeSteps ??= [];
      this.#largeSteps.push({ from, until });
    }
    this.largestPace = pace;
  }

  get deepDipsMs(): readonly number[] {
    return this.#deepDipsMs ?? noDips;
  }

  get largeSteps(): readonly LargeStep[] {
    return this.#largeSteps ?? noSteps;
  }
}
