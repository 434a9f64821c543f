import { parseDecimal, VALUE_SCALE } from "../../billing/decimal.ts";
import type { Measurement, SeriesKey } from "../../billing/measurement.ts";
import type { Sample } from "../../billing/sample.ts";

/** A series by its key, also as one text. */
export interface NamedKey {
  readonly name: string;
  readonly key: SeriesKey;
}

/** The measurements of one series in a batch of messages. */
export interface SeriesGroup extends NamedKey {
  /** In the order in which they came; at least one. */
  readonly received: readonly Sample[];
  /** The messages that they came in, by their places in the batch. */
  readonly messages: readonly number[];
}

interface GrowingGroup extends NamedKey {
  readonly received: Sample[];
  readonly messages: number[];
}

/** The measurements of each series together, series in the order of their first measurement. */
export function groupBySeries(
  messages: readonly (readonly Measurement[])[],
): readonly SeriesGroup[] {
  const groups = new Map<string, GrowingGroup>();
  for (const [message, measurements] of messages.entries()) {
    for (const measurement of measurements) {
      const group = groupOf(groups, measurement);
      const { timeMs, value } = measurement;
      group.received.push({ timeMs, value: parseDecimal(value, VALUE_SCALE) });
      if (group.messages.at(-1) !== message) group.messages.push(message);
    }
  }
  return [...groups.values()];
}

function groupOf(groups: Map<string, GrowingGroup>, measurement: Measurement): GrowingGroup {
  const { projectName, metric, site, resource } = measurement;
  // Names hold no control characters, so none of them can imitate the separator.
  const name = `${projectName}\n${metric}\n${site}\n${resource}`;
  const known = groups.get(name);
  if (known !== undefined) return known;
  const key = { projectName, metric, site, resource };
  const group: GrowingGroup = { name, key, received: [], messages: [] };
  groups.set(name, group);
  return group;
}
