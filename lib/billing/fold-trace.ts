import type { SpreadPart } from "./hourly-costs.ts";
import type { Sample } from "./sample.ts";
import type { HoldDecision } from "./tariff.ts";

/** The rule by which a step of a fold was billed; README.md has them in words. */
export type FoldRule =
  | "increase"
  | "dip"
  | "reset"
  | "open"
  | "gauge"
  /** A value that counted for no longer than `max_gap`. */
  | "gauge-gap"
  | "delta";

/** From one measurement that counts to the next. */
export interface FoldStep {
  readonly rule: FoldRule;
  /** null: a delta stands for itself. */
  readonly from: Sample | null;
  /** The measurements in between, which do not count. */
  readonly through: readonly Sample[];
  readonly to: Sample;
  /** At VALUE_SCALE; nothing of it is booked where it is held. */
  readonly usage: bigint;
  /** Until when it was used, Unix milliseconds: earlier than `to` where a gauge has a gap. */
  readonly untilMs: number;
}

/** Sees a fold at work: each step, whether it is implausible, and then the parts that are booked of it. */
export interface FoldTrace {
  readonly step: (step: FoldStep) => void;
  /** Undefined: nobody has decided on it yet, so it is held. */
  readonly hold: (decision: HoldDecision | undefined) => void;
  readonly part: (part: SpreadPart) => void;
}
