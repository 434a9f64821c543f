import { mergeSamples } from "./merge.ts";
import type { Sample } from "./sample.ts";
import { largestDipWindow, type Tariff } from "./tariff.ts";

/** A series' stored samples between two times, all of them, ascending. */
export interface StoredWindow {
  readonly stored: readonly Sample[];
  /** Nothing is stored before the first of them (the series begins here, or its retention floor). */
  readonly reachesStart: boolean;
  /** Nothing is stored after the last of them. */
  readonly reachesEnd: boolean;
}

export interface StretchQuery extends StoredWindow {
  /** New or lowered samples, ascending, one per time; not in `stored`. At least one. */
  readonly fresh: readonly Sample[];
  readonly tariff: Tariff;
  /** Time of a stored sample where the fold can start whatever `fresh` says: see `bookSeries`. */
  readonly knownStartMs?: number | undefined;
}

/** The samples to fold without and with the fresh ones; the difference is what they change. */
export interface Stretch {
  readonly before: readonly Sample[];
  readonly after: readonly Sample[];
  /** The stretch ends with the series, so the fold's end is the series' new state. */
  readonly reachesEnd: boolean;
}

/** The window is too small: read further in this direction. */
export interface WindowTooSmall {
  readonly need: "earlier" | "later" | "both";
}

/**
 * Whether a sample is an anchor: exceeded neither by any sample in the W before it nor by the last
 * one before those. `unknown`: that takes samples from before the window.
 *
 * No drop is open at an anchor, and none ever will be, whatever comes later: the peak of a drop that
 * spans it would have to be one of the samples that do not exceed it. So every fold visits it, and
 * what is folded before it does not depend on what comes after it. A larger W only looks at more
 * samples, so it finds fewer anchors and never a wrong one: the largest of all periods serves all.
 */
type Anchoring = "anchor" | "exceeded" | "unknown";

/** One pass: `falling` holds the samples that no later one has reached yet. */
function anchorings(
  samples: readonly Sample[],
  { tariff, reachesStart }: Pick<StretchQuery, "tariff" | "reachesStart">,
): Anchoring[] {
  // A gauge or delta sample only has to do with its neighbours: nothing spans it.
  if (tariff.kind !== "counter") return samples.map(() => "anchor");
  const windowMs = largestDipWindow(tariff);
  const falling: number[] = [];
  let lastOutside = -1;
  return samples.map(({ timeMs, value }, index) => {
    while ((samples[lastOutside + 1] as Sample).timeMs < timeMs - windowMs) lastOutside += 1;
    let higher = falling.at(-1);
    while (higher !== undefined && (samples[higher] as Sample).value <= value) {
      falling.pop();
      higher = falling.at(-1);
    }
    falling.push(index);
    if (higher !== undefined) return higher < lastOutside ? "anchor" : "exceeded";
    return lastOutside >= 0 || reachesStart ? "anchor" : "unknown";
  });
}

/**
 * Finds the bounded part of a series that fresh samples can have an effect on: from the last anchor
 * strictly before the earliest of them up to the first anchor, with and without them, after the
 * latest. (Strictly: where a stored value was lowered, the two series differ at that very time.)
 */
export function samplesToFold(query: StretchQuery): Stretch | WindowTooSmall {
  const { stored, fresh } = query;
  const together = mergeSamples(stored, fresh).samples;
  const before = anchorings(stored, query);
  const start = startIndex(query, before);
  const end = endIndex(query, before, anchorings(together, query));
  if (start === undefined || end === undefined) {
    return { need: end !== undefined ? "earlier" : start !== undefined ? "later" : "both" };
  }
  const added = together.length - stored.length;
  return {
    before: stored.slice(start, end),
    after: together.slice(start, end + added),
    reachesEnd: query.reachesEnd && end === stored.length,
  };
}

/** Where to start; before the earliest fresh sample both series are the same, so one is looked at. */
function startIndex(query: StretchQuery, anchoring: Anchoring[]): number | undefined {
  const { stored, fresh, knownStartMs, reachesStart } = query;
  const known = stored.findIndex(({ timeMs }) => timeMs === knownStartMs);
  if (known !== -1) return known;
  const earliestMs = (fresh[0] as Sample).timeMs;
  const start = stored.findLastIndex(
    ({ timeMs }, index) => timeMs < earliestMs && anchoring[index] === "anchor",
  );
  if (start !== -1) return start;
  return reachesStart ? 0 : undefined;
}

/** Where to stop (exclusive); after the latest fresh sample both series have the same tail. */
function endIndex(
  { stored, fresh, reachesEnd }: StretchQuery,
  without: Anchoring[],
  withFresh: Anchoring[],
): number | undefined {
  const latestMs = (fresh.at(-1) as Sample).timeMs;
  const added = withFresh.length - without.length;
  const end = stored.findIndex(
    ({ timeMs }, index) =>
      timeMs > latestMs && without[index] === "anchor" && withFresh[index + added] === "anchor",
  );
  if (end !== -1) return end + 1;
  return reachesEnd ? stored.length : undefined;
}

/** The first anchor at or after an instant: what is folded up to it does not depend on what follows. */
export function anchorAtOrAfter(
  window: Omit<StoredWindow, "reachesEnd">,
  tariff: Tariff,
  fromMs: number,
): Sample | undefined {
  const { stored, reachesStart } = window;
  const anchoring = anchorings(stored, { tariff, reachesStart });
  return stored.find(({ timeMs }, index) => timeMs >= fromMs && anchoring[index] === "anchor");
}

/**
 * Where a series' retention floor may move to: the last anchor at or before the horizon. On any other
 * sample an open drop would lose its peak, and a late recovery could no longer heal it. `null`: there
 * is none yet, so the floor stays.
 */
export function floorAtOrBefore(
  window: Omit<StoredWindow, "reachesEnd">,
  tariff: Tariff,
  horizonMs: number,
): Sample | null | WindowTooSmall {
  const { stored, reachesStart } = window;
  const anchoring = anchorings(stored, { tariff, reachesStart });
  const floor = stored.findLast(
    ({ timeMs }, index) => timeMs <= horizonMs && anchoring[index] === "anchor",
  );
  if (floor !== undefined) return floor;
  return reachesStart ? null : { need: "earlier" };
}
