import { parseCredits } from "../../billing/credits.ts";
import type { DecimalText } from "../../billing/decimal.ts";
import { hourMs } from "../../billing/time.ts";
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

export interface Measured {
  /** When the project was measured first and last; null: never. */
  readonly firstMs: number | null;
  readonly untilMs: number | null;
}

/** A change of hours that had been billed; both inclusive. */
export interface CorrectedHours {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly atMs: number;
}

/** The costs of the buckets between the edges: the same history as everybody reads, cut into other parts. */
export function costBuckets(
  steps: readonly Step[],
  edges: readonly number[],
  measured: Measured,
  corrected: readonly CorrectedHours[],
): readonly CostBucket[] {
  const buckets = edges.slice(0, -1).map((startMs, index) => {
    const endMs = edges[index + 1] as number;
    const times = corrected
      .filter((one) => one.fromMs < endMs && startMs <= one.untilMs)
      .map(({ atMs }) => atMs);
    return {
      startMs,
      endMs,
      coverage: coverageOf(startMs, endMs, measured),
      correctedMs: times.length === 0 ? null : Math.max(...times),
      credits: 0n,
      adjustments: 0n,
      byMetric: new Map<string, bigint>(),
    };
  });
  let at = 0;
  for (const { ms, metric, credits } of changesOf(steps).toSorted((a, b) => a.ms - b.ms)) {
    while (at < buckets.length && ms >= (buckets[at]?.endMs ?? 0)) at += 1;
    const bucket = buckets[at];
    if (bucket === undefined || ms < bucket.startMs) continue;
    if (metric === adjustment) bucket.adjustments += credits;
    else {
      bucket.credits += credits;
      // The step with which a history begins costs nothing.
      if (credits !== 0n) {
        bucket.byMetric.set(metric, (bucket.byMetric.get(metric) ?? 0n) + credits);
      }
    }
  }
  return buckets;
}

function coverageOf(
  startMs: number,
  endMs: number,
  { firstMs, untilMs }: Measured,
): CostBucket["coverage"] {
  if (firstMs === null || untilMs === null) return "none";
  if (endMs <= firstMs || startMs >= untilMs) return "none";
  return startMs >= firstMs && endMs <= untilMs ? "full" : "partial";
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
