import type { Calculated, ExplainedRule } from "./explain-calculation.ts";
import { fold, pendingCosts } from "./fold.ts";
import type { FoldStep, FoldTrace } from "./fold-trace.ts";
import type { HeldIncrease } from "./held-increases.ts";
import type { HourCost, SpreadPart } from "./hourly-costs.ts";
import type { Sample } from "./sample.ts";
import type { HoldDecision, Tariff, TariffPeriod } from "./tariff.ts";
import { hourMs, hourOf } from "./time.ts";

/** What one step from a measurement to the next adds to an hour. */
export interface ExplainedPart {
  readonly rule: ExplainedRule;
  /** null: the rule needs none. */
  readonly from: Sample | null;
  /** Measurements in between that do not count. */
  readonly through: readonly Sample[];
  readonly to: Sample;
  /** What `calculationOf` makes a sentence of. */
  readonly calculated: Calculated;
  /** At VALUE_SCALE. */
  readonly usage: bigint;
  /** null: usage is free before the first price, or there is none. */
  readonly price: TariffPeriod | null;
  /** At CREDITS_SCALE. */
  readonly credits: bigint;
}

/** The samples that an hour depends on, ascending: see `readAroundHour`. */
export interface SamplesOfHour {
  readonly samples: readonly Sample[];
  /** The first of them is the first of the series. */
  readonly isBeginning: boolean;
  /** The first of them is the retention floor; with the part of its hour from before it. */
  readonly floorPart: HourCost | null;
}

export interface ExplainedHour {
  /** They add up to what the ledger has for the hour, to the last digit. */
  readonly parts: readonly ExplainedPart[];
  /** What is held back and touches the hour. */
  readonly held: readonly HeldIncrease[];
  /** What a drop that is not decided yet holds back of the hour, at CREDITS_SCALE. */
  readonly pendingCredits: bigint;
}

/** How the hour of a series came about, step by step, by the very fold that bills it. */
export function explainHour(
  { samples, isBeginning, floorPart }: SamplesOfHour,
  tariff: Tariff,
  hour: number,
): ExplainedHour {
  const recorder = new StepRecorder();
  const options = { firstIsFloor: floorPart !== null, trace: recorder };
  const { held, openDrop } = fold(samples, tariff, options);
  const [first] = samples;
  const beginning =
    first !== undefined && hourOf(first.timeMs) === hour
      ? firstParts(first, tariff, isBeginning, floorPart)
      : [];
  const steps = recorder.steps.filter(({ step }) => touches(step, hour));
  return {
    parts: [...beginning, ...steps.flatMap((one) => partsOf(one, tariff, hour))],
    held: held.filter(({ fromMs, untilMs }) => fromMs < hour + hourMs && untilMs > hour),
    pendingCredits:
      openDrop === null ? 0n : (pendingCosts(samples, tariff).get(hour)?.credits ?? 0n),
  };
}

interface RecordedStep {
  readonly step: FoldStep;
  readonly parts: SpreadPart[];
  /** undefined: it is plausible. */
  hold?: HoldDecision | "undecided";
}

/** Keeps all that a fold does. */
class StepRecorder implements FoldTrace {
  readonly steps: RecordedStep[] = [];

  readonly step = (step: FoldStep): void => {
    this.steps.push({ step, parts: [] });
  };

  readonly hold = (decision: HoldDecision | undefined): void => {
    const last = this.steps.at(-1);
    if (last !== undefined) last.hold = decision ?? "undecided";
  };

  readonly part = (part: SpreadPart): void => {
    this.steps.at(-1)?.parts.push(part);
  };
}

function firstParts(
  first: Sample,
  tariff: Tariff,
  isBeginning: boolean,
  floorPart: HourCost | null,
): ExplainedPart[] {
  if (floorPart !== null) return [firstPart("removed", first, tariff, floorPart)];
  if (!isBeginning || tariff.kind === "delta") return [];
  return [firstPart("baseline", first, tariff, { usage: 0n, credits: 0n })];
}

function firstPart(
  rule: "baseline" | "removed",
  to: Sample,
  tariff: Tariff,
  { usage, credits }: HourCost,
): ExplainedPart {
  const step = { rule, from: null, through: [], to, usage, untilMs: to.timeMs };
  const calculated = { ...step, isAccepted: false, part: undefined, tariff };
  return { rule, from: null, through: [], to, calculated, usage, price: null, credits };
}

/** Whether a step says something of the hour, though perhaps that nothing was used. */
function touches({ from, to }: FoldStep, hour: number): boolean {
  if (from === null) return hourOf(to.timeMs) === hour;
  return from.timeMs < hour + hourMs && to.timeMs > hour;
}

function partsOf(
  { step, parts, hold }: RecordedStep,
  tariff: Tariff,
  hour: number,
): ExplainedPart[] {
  const { from, through, to } = step;
  const rule = ruleOf(step, hold);
  const isAccepted = hold !== undefined && hold !== "undecided" && hold.isAccepted;
  const ofHour = parts.filter((part) => part.hour === hour);
  // A step that uses nothing here is shown all the same: every pair of measurements is.
  return (ofHour.length > 0 ? ofHour : [undefined]).map((part) => {
    const period = part === undefined ? undefined : tariff.periods[part.period];
    const usage = part?.usage ?? 0n;
    return {
      rule,
      from,
      through,
      to,
      calculated: { ...step, rule, isAccepted, part, tariff },
      usage,
      price: period ?? null,
      credits: usage * (period?.credits ?? 0n),
    };
  });
}

function ruleOf({ rule }: FoldStep, hold: RecordedStep["hold"]): ExplainedRule {
  if (hold === undefined || (hold !== "undecided" && hold.isAccepted)) return rule;
  return hold === "undecided" ? "held" : "rejected";
}
