export interface DrawnStep {
  /** Unix milliseconds, ascending. */
  readonly atMs: number;
  readonly metric: string;
  /** Used credits after it, at any scale. */
  readonly used: bigint;
}

/** Fewer than these have no shape. */
export const pointsMin = 3;

/**
 * At most so many of the steps, those that a drawing of all would show: the first, the last, every
 * adjustment as long as they leave room, and of the rest those that the algorithm keeps that is known as
 * LTTB (Steinarsson, "Downsampling Time Series for Visual Representation", 2013). It invents no step.
 */
export function thinSteps<Step extends DrawnStep>(
  steps: readonly Step[],
  pointsMax: number,
): readonly Step[] {
  if (steps.length <= pointsMax) return steps;
  const isEnd = (index: number) => index === 0 || index === steps.length - 1;
  const isAdjustment = ({ metric }: Step, index: number) =>
    metric === "adjustment" && !isEnd(index);
  const adjustments = steps.filter(isAdjustment);
  if (adjustments.length > pointsMax - pointsMin) return largestTriangles(steps, pointsMax);
  const rest = steps.filter((step, index) => !isAdjustment(step, index));
  const kept = new Set([...adjustments, ...largestTriangles(rest, pointsMax - adjustments.length)]);
  return steps.filter((step) => kept.has(step));
}

/**
 * The first, the last, and of each of `count - 2` stretches of as many steps the one that makes the largest
 * triangle with the one before it and the middle of the stretch behind it.
 */
function largestTriangles<Step extends DrawnStep>(
  steps: readonly Step[],
  count: number,
): readonly Step[] {
  if (steps.length <= count) return steps;
  const points = steps.map(({ atMs, used }) => ({ x: atMs, y: Number(used) }));
  const perStretch = (points.length - 2) / (count - 2);
  const begin = (stretch: number) =>
    Math.min(1 + Math.floor(stretch * perStretch), points.length - 1);
  const chosen = [0];
  for (let stretch = 0; stretch < count - 2; stretch++) {
    const next = begin(stretch + 1);
    // Behind the last stretch there is the last step alone.
    const middle = middleOf(points, next, Math.max(next + 1, begin(stretch + 2)));
    const before = points[chosen.at(-1) as number] as Point;
    chosen.push(largestTriangle(points, begin(stretch), next, before, middle));
  }
  return [...chosen, steps.length - 1].map((index) => steps[index] as Step);
}

/** Floats: they only choose among steps. */
interface Point {
  readonly x: number;
  readonly y: number;
}

function middleOf(points: readonly Point[], from: number, until: number): Point {
  let [x, y] = [0, 0];
  for (let index = from; index < until; index++) {
    x += points[index]?.x ?? 0;
    y += points[index]?.y ?? 0;
  }
  return { x: x / (until - from), y: y / (until - from) };
}

function largestTriangle(
  points: readonly Point[],
  from: number,
  until: number,
  before: Point,
  after: Point,
): number {
  let [largest, chosen] = [-1, from];
  for (let index = from; index < until; index++) {
    const { x, y } = points[index] as Point;
    const area = Math.abs(
      (before.x - after.x) * (y - before.y) - (before.x - x) * (after.y - before.y),
    );
    if (area > largest) [largest, chosen] = [area, index];
  }
  return chosen;
}
