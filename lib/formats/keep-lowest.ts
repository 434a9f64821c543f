import { parseDecimal, VALUE_SCALE } from "../billing/decimal.ts";
import type { Measurement } from "../billing/measurement.ts";

/** The measurements of one body without those that contradict lower ones. */
export interface Lowest {
  /** In the order in which they came. */
  readonly measurements: readonly Measurement[];
  /** How many were left out. */
  readonly conflicting: number;
  /** How many different series there are. */
  readonly seriesCount: number;
}

/**
 * Leaves out measurements with a higher value than another one of the same series and time. Two senders or two
 * label sets have become one series, and one of them is wrong: a wrong low value heals, and a wrong high one
 * would be charged. Equal values are the same measurement and stay.
 */
export function keepLowest(measurements: readonly Measurement[]): Lowest {
  const latestMs = new Map<string, number>();
  const disordered = new Set<string>();
  for (const measurement of measurements) {
    const series = nameSeries(measurement);
    const last = latestMs.get(series);
    if (last === undefined || measurement.timeMs > last) latestMs.set(series, measurement.timeMs);
    else disordered.add(series);
  }
  const seriesCount = latestMs.size;
  // In nearly every body the times of a series only rise, so that none comes twice.
  if (disordered.size === 0) return { measurements, conflicting: 0, seriesCount };
  const lowest = findLowest(measurements, disordered);
  const kept = measurements.filter((measurement) => {
    const value = lowest.get(nameSeries(measurement))?.get(measurement.timeMs);
    return value === undefined || value === measurement.value;
  });
  return { measurements: kept, conflicting: measurements.length - kept.length, seriesCount };
}

/** Series → time → the lowest value, as it was written. */
function findLowest(
  measurements: readonly Measurement[],
  series: ReadonlySet<string>,
): ReadonlyMap<string, ReadonlyMap<number, string>> {
  const lowest = new Map([...series].map((name) => [name, new Map<number, string>()]));
  for (const measurement of measurements) {
    const values = lowest.get(nameSeries(measurement));
    const { timeMs, value } = measurement;
    const standing = values?.get(timeMs);
    if (standing === undefined || isLess(value, standing)) values?.set(timeMs, value);
  }
  return lowest;
}

/** The same number is always the same text here, so most comparisons end at once. */
const isLess = (value: string, other: string): boolean =>
  value !== other && parseDecimal(value, VALUE_SCALE) < parseDecimal(other, VALUE_SCALE);

/** Names hold no control characters, so none of them can imitate the separator. */
const nameSeries = ({ projectName, metric, site, resource }: Measurement): string =>
  `${projectName}\n${metric}\n${site}\n${resource}`;
