import { VALUE_SCALE } from "./decimal.ts";
import type { Sample } from "./sample.ts";
import { hourMs, minuteMs } from "./time.ts";

/** A counter's way from one measurement that counts to the next one. */
export interface Increase {
  readonly from: Sample;
  readonly until: Sample;
  /** The lowest value between them, where the counter dipped; undefined: it did not. */
  readonly lowest: bigint | undefined;
  /** It is held back, so nobody pays for it. */
  readonly isHeld: boolean;
}

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
  /** The fastest that the series rose so far, in units per hour: near enough for a doubt, not for a bill. */
  readonly largestPace: number;
}

const hoursOfDay = 24;

/** Looks at increases one after the other. */
export class IncreaseWatch {
  readonly #isNew: (timeMs: number) => boolean;
  readonly #deepDipsMs: number[] = [];
  readonly #largeSteps: LargeStep[] = [];
  #largestPace: number;

  /** Only increases from or to a new sample are looked at: the others were before. */
  constructor(largestPace: number, isNew: (timeMs: number) => boolean) {
    this.#largestPace = largestPace;
    this.#isNew = isNew;
  }

  see({ from, until, lowest, isHeld }: Increase): void {
    if (!this.#isNew(until.timeMs) && !this.#isNew(from.timeMs)) return;
    const rise = until.value - from.value;
    const lengthMs = until.timeMs - from.timeMs;
    if (lowest !== undefined) {
      // The clocks of a pair that scrapes one exporter cross by seconds' worth of its usage.
      const depth = from.value - lowest;
      if (depth * BigInt(lengthMs) > rise * BigInt(hourMs)) this.#deepDipsMs.push(until.timeMs);
    }
    if (rise === 0n || isHeld) return;
    const units = Number(rise) / 10 ** VALUE_SCALE;
    const pace = (units * hourMs) / Math.max(lengthMs, minuteMs);
    if (pace <= this.#largestPace) return;
    if (this.#largestPace > 0 && units > hoursOfDay * this.#largestPace) {
      this.#largeSteps.push({ from, until });
    }
    this.#largestPace = pace;
  }

  get doubts(): BookingDoubts {
    return {
      deepDipsMs: this.#deepDipsMs,
      largeSteps: this.#largeSteps,
      largestPace: this.#largestPace,
    };
  }
}
