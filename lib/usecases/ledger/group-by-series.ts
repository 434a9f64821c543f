import { parseDecimal, VALUE_SCALE } from "../../billing/decimal.ts";
import type { Measurement, SeriesKey } from "../../billing/measurement.ts";
import type { Sample } from "../../billing/sample.ts";

/** A series by its key, also as one text. */
export interface NamedKey {
  readonly name: string;
  readonly key: SeriesKey;
  /** Of the key that sent the last of its measurements; undefined: not known. */
  readonly keyId?: string | undefined;
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

/** The measurements of one message, and the key that sent them. */
export interface SentMeasurements {
  readonly measurements: readonly Measurement[];
  /** undefined: the message does not tell. */
  readonly keyId?: string | undefined;
}

/** Names hold no control characters, so none of them can imitate the separator. */
export const nameOf = ({ projectName, metric, site, resource }: SeriesKey): string =>
  `${projectName}\n${metric}\n${site}\n${resource}`;

interface GrowingGroup extends Omit<NamedKey, "keyId"> {
  earliestMs: number;
  received: Sample[];
  keyId: string | undefined;
}

/** The measurements of each series together, series in the order of their first measurement. */
export function groupBySeries(messages: readonly SentMeasurements[]): readonly SeriesGroup[] {
  const groups = new Map<string, GrowingGroup>();
  for (const { measurements, keyId } of messages) {
    for (const measurement of measurements) {
      const { timeMs, value } = measurement;
      const sample = { timeMs, value: parseDecimal(value, VALUE_SCALE) };
      const name = nameOf(measurement);
      const group = groups.get(name);
      if (group === undefined) {
        groups.set(name, {
          name,
          key: measurement,
          keyId,
          earliestMs: timeMs,
          received: [sample],
        });
      } else {
        group.received.push(sample);
        group.keyId = keyId;
        if (timeMs < group.earliestMs) group.earliestMs = timeMs;
      }
    }
  }
  return [...groups.values()];
}
