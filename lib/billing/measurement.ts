import type { DecimalText } from "./decimal.ts";

/** One counter: measurements with the same key form one series, and only those are ever compared. */
export interface SeriesKey {
  readonly projectName: string;
  readonly metric: string;
  /** Label `location_id`, else `location`; empty where the sender gave neither. */
  readonly site: string;
  /** Label `project_id`: the OpenStack project; empty where the sender gave none. */
  readonly resource: string;
}

/** One measured value of a series, as it travels from the edge to the biller. */
export interface Measurement extends SeriesKey {
  /** Unix time in whole milliseconds. */
  readonly timeMs: number;
  /** The decimal that the sender wrote, in plain notation: `12`, `0.25`; at most 30 decimals. */
  readonly value: DecimalText;
}
