import { parseDecimal, VALUE_SCALE } from "../../billing/decimal.ts";
import type { Measurement, SeriesKey } from "../../billing/measurement.ts";
import type { Sample } from "../../billing/sample.ts";

export interface SeriesGroup {
  readonly key: SeriesKey;
  /** In the order in which they came. */
  readonly received: readonly Sample[];
}

/** The measurements of each series together, series in the order of their first measurement. */
export function groupBySeries(measurements: readonly Measurement[]): readonly SeriesGroup[] {
  const groups = new Map<string, { readonly key: SeriesKey; readonly received: Sample[] }>();
  for (const { projectName, metric, site, resource, timeMs, value } of measurements) {
    // Names hold no control characters, so none of them can imitate the separator.
    const id = `${projectName}\n${metric}\n${site}\n${resource}`;
    let group = groups.get(id);
    if (group === undefined) {
      group = { key: { projectName, metric, site, resource }, received: [] };
      groups.set(id, group);
    }
    group.received.push({ timeMs, value: parseDecimal(value, VALUE_SCALE) });
  }
  return [...groups.values()];
}
