import type { Measurement, SeriesKey } from "../../billing/measurement.ts";

export interface SeriesGroup {
  readonly key: SeriesKey;
  /** In the order in which they came; values as decimals in text. */
  readonly samples: { readonly timeMs: number; readonly value: string }[];
}

/** The measurements of each series together, series in the order of their first measurement. */
export function groupBySeries(measurements: readonly Measurement[]): readonly SeriesGroup[] {
  const groups = new Map<string, SeriesGroup>();
  for (const { projectName, metric, site, resource, timeMs, value } of measurements) {
    // Names hold no control characters, so none of them can imitate the separator.
    const id = `${projectName}\n${metric}\n${site}\n${resource}`;
    let group = groups.get(id);
    if (group === undefined) {
      group = { key: { projectName, metric, site, resource }, samples: [] };
      groups.set(id, group);
    }
    group.samples.push({ timeMs, value });
  }
  return [...groups.values()];
}
