import { parseCredits } from "../../billing/credits.ts";
import type { DecimalText } from "../../billing/decimal.ts";
import { hourMs } from "../../billing/time.ts";
import { costBuckets, type LedgerCosts } from "../../usecases/reading/cost-buckets.ts";
import type { CostBucket, CurvePoint } from "./page-data.ts";

/** A step of the history, as the API gives it. */
export interface Step {
  /** `YYYY-MM-DD HH:MM:SS` in UTC. */
  readonly at: string;
  readonly metric: string;
  /** Used after it. */
  readonly credits: DecimalText;
}

const adjustment = "adjustment";

interface Change {
  /** The hour that it belongs to, or when it was booked. */
  readonly ms: number;
  readonly atMs: number;
  readonly metric: string;
  readonly credits: bigint;
  readonly used: bigint;
}

/** By how much each step changed what was used. A step at a full hour is that of the hour that ended. */
function changesOf(steps: readonly Step[]): readonly Change[] {
  let before = 0n;
  return steps.map(({ at, metric, credits: text }) => {
    const atMs = timeOf(at);
    const used = parseCredits(text);
    const credits = used - before;
    before = used;
    const ms = metric === adjustment ? atMs : Math.ceil(atMs / hourMs) * hourMs - hourMs;
    return { ms, atMs, metric, credits, used };
  });
}

export const timeOf = (at: string): number => Date.parse(`${at.replace(" ", "T")}Z`);

/** The costs of the buckets between the edges: the same history as everybody reads, cut as the API cuts it. */
export function costsOfSteps(
  steps: readonly Step[],
  edges: readonly number[],
  about: Omit<LedgerCosts, "hours" | "adjustments">,
): readonly CostBucket[] {
  const changes = changesOf(steps);
  const ledger: LedgerCosts = {
    ...about,
    // The step with which a history begins costs nothing. Steps tell neither usage nor where it was.
    hours: changes
      .filter(({ metric, credits }) => metric !== adjustment && credits !== 0n)
      .map(({ ms, metric, credits }) => {
        return { hourMs: ms, metric, credits, usage: 0n, unit: "", site: null, resource: null };
      }),
    adjustments: changes.filter(({ metric }) => metric === adjustment),
  };
  return costBuckets(ledger, edges).buckets.map(({ by, ...bucket }) => ({
    ...bucket,
    byMetric: new Map([...by.values()].map(({ metric, credits }) => [metric, credits])),
  }));
}

// More corners than these no screen shows.
const pointsMax = 500;

/** Some of the steps from an instant on, the first and the last among them. */
export function usedCurve(steps: readonly Step[], fromMs: number): readonly CurvePoint[] {
  const points = changesOf(steps)
    .filter(({ atMs }) => atMs >= fromMs)
    .map(({ atMs, used }) => ({ atMs, used }));
  const every = Math.ceil(points.length / pointsMax);
  return points.filter((_, index) => index % every === 0 || index === points.length - 1);
}
