import { billSlice } from "./bill-slice.ts";
import type { DroppedSamples } from "./dropped-samples.ts";
import {
  groupBySeries,
  nameOf,
  type SentMeasurements,
  type SeriesGroup,
} from "./group-by-series.ts";
import type { WithLedger } from "./ledger.ts";
import { sliceWorkMax, workOf } from "./work.ts";

/** The content of one message. */
export interface BillableMessage extends SentMeasurements {
  /** Samples that were dropped from its request. */
  readonly dropped: DroppedSamples | undefined;
}

/**
 * Bills messages, each measurement exactly once, however often, in whatever order and company it arrives
 * (lib/billing/README.md). Work is bounded by slices, each a transaction of its own; where `shouldStop` says
 * so between two of them, the rest is left. Messages that are not done are to come again, and find what is
 * booked of them done. However little time there is, a slice is billed that
 * was not before: else a round that only finds its first slices done would be repeated for ever.
 */
export async function billMessages(
  messages: readonly BillableMessage[],
  withLedger: WithLedger,
  shouldStop: () => boolean,
): Promise<Unfinished> {
  let open = lightestFirst(groupBySeries(messages));
  const waiting: SeriesGroup[] = [];
  let hasBilled = false;
  while (open.length > 0 && !(hasBilled && shouldStop())) {
    const { slice, rest } = takeSlice(open);
    const billed = await withLedger((ledger) => billSlice(ledger, slice));
    // Last, because only heavy groups are left.
    open = [...rest, ...billed.left];
    waiting.push(...billed.waiting);
    hasBilled ||= billed.hasChanged;
  }
  const [left, early] = [messagesOf(open, messages), messagesOf(waiting, messages)];
  const unfinished = new Set([...left, ...early]);
  // A message that comes again brings its counts again. After the ledger, because all billers count for the
  // same few keys and would wait long for each other's rows.
  const dropped = messages.flatMap((message, index) =>
    message.dropped === undefined || unfinished.has(index) ? [] : [message.dropped],
  );
  if (dropped.length > 0) await withLedger((ledger) => ledger.countDropped(dropped));
  return { left, early };
}

/** Messages that are to come again, by their places. */
export interface Unfinished {
  /** There was no time for all of them: as soon as may be. */
  readonly left: ReadonlySet<number>;
  /** They have series, beside others, that their key may not make in this hour: the rest of them is billed. */
  readonly early: ReadonlySet<number>;
}

/** The places of the messages that brought any of the groups. */
function messagesOf(
  groups: readonly SeriesGroup[],
  messages: readonly BillableMessage[],
): ReadonlySet<number> {
  if (groups.length === 0) return new Set();
  const names = new Set(groups.map(({ name }) => name));
  const isOpen = ({ measurements }: BillableMessage) =>
    measurements.some((measurement) => names.has(nameOf(measurement)));
  return new Set(
    [...messages.keys()].filter((place) => isOpen(messages[place] as BillableMessage)),
  );
}

/** The size of messages, and how many are to come again, for the log. */
export const countMessages = (
  messages: readonly BillableMessage[],
  { left, early }: Unfinished,
) => ({
  messages: messages.length,
  measurements: messages.reduce((sum, { measurements }) => sum + measurements.length, 0),
  dropped: messages.flatMap(({ dropped }) => (dropped === undefined ? [] : [dropped.counts])),
  unfinished: left.size,
  early: early.size,
});

/** So that light work does not wait for heavy work that came before it in the batch. */
const lightestFirst = (groups: readonly SeriesGroup[]): readonly SeriesGroup[] =>
  groups
    .map((group) => ({ group, work: workOf(group.received, null) }))
    .sort((one, other) => one.work - other.work)
    .map(({ group }) => group);

/** As many of the groups, at least one, as a slice may take by what they bring themselves. */
function takeSlice(groups: readonly SeriesGroup[]) {
  let [work, end] = [0, 0];
  for (const { received } of groups) {
    work += workOf(received, null);
    if (end > 0 && work > sliceWorkMax) break;
    end += 1;
  }
  return { slice: groups.slice(0, end), rest: groups.slice(end) };
}
