export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
}

export const median = (values: readonly number[]) => quantile(values, 0.5);

/** Half the distance between the quartiles, as a share of the median: what two rounds differ by. */
export const spread = (values: readonly number[]) =>
  (quantile(values, 0.75) - quantile(values, 0.25)) / 2 / median(values);

/**
 * The median of the ratios of values that were measured right after each other: what slows a machine
 * down for seconds hits both and cancels out.
 */
export const medianRatio = (values: readonly number[], bases: readonly number[]) =>
  median(values.map((value, index) => value / (bases[index] ?? Number.NaN)));
