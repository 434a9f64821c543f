import { type StoredWindow, samplesToFold } from "./anchors.ts";
import type { SeriesState, StoredNeeded } from "./booking.ts";
import { fold } from "./fold.ts";
import { type HeldChange, heldDifference } from "./held-increases.ts";
import { difference, type HourlyCosts } from "./hourly-costs.ts";
import type { Sample } from "./sample.ts";
import type { Tariff } from "./tariff.ts";

export interface DiscardQuery {
  readonly state: SeriesState;
  /** The stored samples to discard, ascending; at least one. */
  readonly samples: readonly Sample[];
  readonly tariff: Tariff;
  /** The samples read, with the discarded ones among them. */
  readonly window?: StoredWindow | undefined;
}

export interface Discard {
  /** The amounts to add to the ledger, hour by hour. */
  readonly hours: HourlyCosts;
  readonly held: HeldChange;
  readonly state: SeriesState;
}

/** Books `f(what is left) − f(what was stored)`: as if the discarded samples had never been sent. */
export function discardSamples({
  state,
  samples,
  tariff,
  window,
}: DiscardQuery): Discard | StoredNeeded {
  if (window === undefined) return { need: "both" };
  const times = new Set(samples.map(({ timeMs }) => timeMs));
  const stored = window.stored.filter(({ timeMs }) => !times.has(timeMs));
  const stretch = samplesToFold({ ...window, stored, fresh: samples, tariff });
  if ("need" in stretch) return stretch;
  const left = fold(stretch.before, tariff);
  const whole = fold(stretch.after, tariff);
  return {
    hours: difference(whole.hours, left.hours),
    held: heldDifference(whole.held, left.held),
    state: stretch.reachesEnd
      ? { last: stretch.before.at(-1) ?? null, openDrop: left.openDrop }
      : state,
  };
}
