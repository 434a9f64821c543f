import type { DoubtfulSeries, DoubtKind } from "./notice.ts";

/** A series of which something is doubtful, and what; `detail` says it in words. */
export interface Doubt extends DoubtfulSeries {
  readonly seriesId: number;
  readonly kind: DoubtKind;
  readonly site: string;
}

export interface KnownDoubt extends Doubt {
  /** An operator has looked at it: it is not told again, and neither is its end. */
  readonly isAcknowledged: boolean;
}

/** One digest for each site and kind. */
export interface DoubtEvent {
  readonly type: "series.doubtful" | "series.settled";
  readonly site: string;
  readonly reason: DoubtKind;
  readonly seriesCount: number;
  /** The first of them. */
  readonly doubtful: readonly DoubtfulSeries[];
}

/** A key whose new series wait on the queue. */
export interface LimitedKey {
  readonly keyId: string;
  /** How many it has made in the hour that begins there, Unix milliseconds. */
  readonly seriesCount: number;
  readonly hourMs: number;
}

export type CounterEvent = DoubtEvent | ({ readonly type: "key.limited" } & LimitedKey);

/** The doubts, within one transaction. */
export interface CounterWatch {
  /** What is doubtful now. */
  current(): Promise<readonly Doubt[]>;
  /** What was doubtful when it was looked at last. */
  known(): Promise<readonly KnownDoubt[]>;
  begin(doubts: readonly Doubt[]): Promise<void>;
  end(doubts: readonly Doubt[]): Promise<void>;
  /** The keys that have come to their limit since the last time, and not in the hour before. */
  newlyLimitedKeys(): Promise<readonly LimitedKey[]>;
  writeNotices(events: readonly CounterEvent[]): Promise<void>;
}

export type WithCounterWatch = <T>(work: (watch: CounterWatch) => Promise<T>) => Promise<T>;

const seriesListedMax = 50;

/**
 * Writes notices to operators of counters whose bill is doubtful, though it follows what was sent exactly:
 * once when it begins and once when it is over, one digest for each site and kind. What an operator has
 * acknowledged is told no more until it is over and begins anew.
 */
export const watchCounters = (withWatch: WithCounterWatch): Promise<readonly CounterEvent[]> =>
  withWatch(async (watch) => {
    const current = new Map((await watch.current()).map((one) => [idOf(one), one]));
    const known = new Map((await watch.known()).map((one) => [idOf(one), one]));
    const begun = [...current.values()].filter((one) => !known.has(idOf(one)));
    const ended = [...known.values()].filter((one) => !current.has(idOf(one)));
    await watch.begin(begun);
    await watch.end(ended);
    const limited = await watch.newlyLimitedKeys();
    const events: readonly CounterEvent[] = [
      ...digests(
        "series.settled",
        ended.filter(({ isAcknowledged }) => !isAcknowledged),
      ),
      ...digests("series.doubtful", begun),
      ...limited.map((key) => ({ type: "key.limited" as const, ...key })),
    ];
    await watch.writeNotices(events);
    return events;
  });

const idOf = ({ seriesId, kind }: Doubt): string => `${seriesId} ${kind}`;

const digests = (type: DoubtEvent["type"], doubts: readonly Doubt[]): readonly DoubtEvent[] =>
  [...Map.groupBy(doubts, ({ kind, site }) => `${kind}\n${site}`).values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const doubtful = group
      .slice(0, seriesListedMax)
      .map(({ projectName, metric, resource, detail }) => ({
        projectName,
        metric,
        resource,
        detail,
      }));
    const { kind: reason, site } = first;
    return [{ type, site, reason, seriesCount: group.length, doubtful }];
  });
