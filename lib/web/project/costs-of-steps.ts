import { hourMs } from "../../billing/time.ts";
import { costBuckets, type LedgerCosts } from "../../usecases/reading/cost-buckets.ts";
import type { CostBucket, CurvePoint } from "./page-data.ts";

/** A step of the history that the API gives: a year has thousands, so nothing is read from text. */
export interface Step {
  /** Unix milliseconds of a full second. */
  readonly atMs: number;
  readonly metric: string;
  /** Used after it, at CREDITS_SCALE. */
  readonly used: bigint;
}

const adjustment = "adjustment";

interface Change {
  /** The hour that it belongs to, or when it was booked. */
  readonly ms: number;
  readonly atMs: number;
  readonly metric: string;
  readonly credits: bigint;
}

/** By how much each step changed what was used. A step at a full hour is that of the hour that ended. */
function changesOf(steps: readonly Step[]): readonly Change[] {
  let before = 0n;
  return steps.map(({ atMs, metric, used }) => {
    const credits = used - before;
    before = used;
    const ms = metric === adjustment ? atMs : Math.ceil(atMs / hourMs) * hourMs - hourMs;
    return { ms, atMs, metric, credits };
  });
}

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
  const first = steps.findIndex(({ atMs }) => atMs >= fromMs);
  const points = first === -1 ? [] : steps.slice(first);
  const every = Math.ceil(points.length / pointsMax);
  return points
    .filter((_, index) => index % every === 0 || index === points.length - 1)
    .map(({ atMs, used }) => ({ atMs, used }));
}
