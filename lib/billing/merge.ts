import type { Sample } from "./sample.ts";

/** Two different values for the same time: the lower one counts. */
export interface Conflict {
  readonly timeMs: number;
  readonly kept: bigint;
  readonly refused: bigint;
}

export interface Merge {
  /** Stored and fresh together, ascending, one per time. */
  readonly samples: Sample[];
  /** The fresh samples that made a difference: at a new time, or lower than what was stored. */
  readonly changed: readonly Sample[];
  readonly conflicts: Conflict[];
}

/**
 * Adds fresh samples, in any order and with repetitions, to stored ones (ascending, one per time).
 * At the same time the lower value counts, whichever came first: a wrong low one heals by the dip
 * rule, a wrong high one would be charged for good. Equal values are the same measurement.
 */
export function mergeSamples(stored: readonly Sample[], fresh: readonly Sample[]): Merge {
  const [only] = fresh;
  // The case of nearly every series of a scrape.
  if (only !== undefined && fresh.length === 1 && stored.length === 0) {
    return { samples: [only], changed: fresh, conflicts: [] };
  }
  const samples: Sample[] = [];
  const changed: Sample[] = [];
  const conflicts: Conflict[] = [];
  let taken = 0;
  for (const sample of fresh.toSorted(byTimeLowestFirst)) {
    const { timeMs, value } = sample;
    for (let next = stored[taken]; next && next.timeMs <= timeMs; next = stored[taken]) {
      samples.push(next);
      taken += 1;
    }
    const standing = samples.at(-1);
    if (standing?.timeMs !== timeMs) {
      samples.push(sample);
      changed.push(sample);
    } else if (value < standing.value) {
      samples[samples.length - 1] = sample;
      changed.push(sample);
      conflicts.push({ timeMs, kept: value, refused: standing.value });
    } else if (value > standing.value) {
      conflicts.push({ timeMs, kept: standing.value, refused: value });
    }
  }
  for (const next of stored.slice(taken)) samples.push(next);
  return { samples, changed, conflicts };
}

/** Lowest first at the same time, so that a stored value is replaced at most once. */
function byTimeLowestFirst(a: Sample, b: Sample): number {
  if (a.timeMs !== b.timeMs) return a.timeMs - b.timeMs;
  return a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
}
