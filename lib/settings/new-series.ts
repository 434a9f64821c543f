import { type ReadVariable, wholeNumber } from "../config.ts";

/** How many new series a key may make in an hour (UTC); Infinity, which is written 0: any number. */
export const readNewSeriesPerHour = (read: ReadVariable): number =>
  wholeNumber(read, "NEW_SERIES_PER_HOUR", { preset: 20_000, min: 0, max: 1_000_000_000 }) ||
  Number.POSITIVE_INFINITY;
