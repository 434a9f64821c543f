import { parseDecimal, VALUE_SCALE } from "../../billing/decimal.ts";
import type { Measurement, SeriesKey } from "../../billing/measurement.ts";
import type { Sample } from "../../billing/sample.ts";

/** A series by its key, also as one text. */
export interface NamedKey {
  readonly name: string;
  readonly key: SeriesKey;
}

/** A series of which measurements were received. */
export interface ReceivedKey extends NamedKey {
  /** The time of the earliest of them, Unix milliseconds. */
  readonly earliestMs: number;
}

/** The measurements of one series. */
export interface SeriesGroup extends ReceivedKey {
  /** In the order in which they came; at least one. */
  readonly received: readonly Sample[];
}

/** Names hold no control characters, so none of them can imitate the separator. */
export const nameOf = ({ projectName, metric, site, resource }: SeriesKey): string =>
  `${projectName}\n${metric}\n${site}\n${resource}`;

/** The measurements of each series together, series in the order of their first measurement. */
export function groupBySeries(
  messages: readonly (readonly Measurement[])[],
): readonly SeriesGroup[] {
  const groups = new Map<string, { earliestMs: number; received: Sample[] } & NamedKey>();
  for (const measurements of messages) {
    for (const measurement of measurements) {
      const { timeMs, value } = measurement;
      const sample = { timeMs, value: parseDecimal(value, VALUE_SCALE) };
      const name = nameOf(measurement);
      const group = groups.get(name);
      if (group === undefined) {
        groups.set(name, { name, key: measurement, earliestMs: timeMs, received: [sample] });
      } else {
        group.received.push(sample);
        if (timeMs < group.earliestMs) group.earliestMs = timeMs;
      }
    }
  }
  return [...groups.values()];
}
