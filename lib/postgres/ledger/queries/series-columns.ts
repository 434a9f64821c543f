import type { SeriesKey } from "../../../billing/measurement.ts";

/** Project names, metrics, sites and resources as four arrays of equal length, for `unnest`. */
export type SeriesKeyColumns = [string[], string[], string[], string[]];

export const toColumns = (keys: readonly SeriesKey[]): SeriesKeyColumns => [
  keys.map((key) => key.projectName),
  keys.map((key) => key.metric),
  keys.map((key) => key.site),
  keys.map((key) => key.resource),
];
