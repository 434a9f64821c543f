import { type StoredWindow, samplesToFold } from "./anchors.ts";
import type { StoredNeeded } from "./booking.ts";
import { fold } from "./fold.ts";
import { type HeldChange, heldDifference } from "./held-increases.ts";
import { difference, type HourlyCosts } from "./hourly-costs.ts";
import type { Sample } from "./sample.ts";
import type { HoldDecision, Tariff } from "./tariff.ts";

export interface HoldDecisionsQuery {
  readonly decisions: readonly HoldDecision[];
  /** The stored samples from the first of the stretches to the last, ascending; at least one. */
  readonly samples: readonly Sample[];
  /** With what was decided before. */
  readonly tariff: Tariff;
  /** The samples read, with the others among them. */
  readonly window?: StoredWindow | undefined;
}

export interface DecidedHolds {
  /** The amounts to add to the ledger, hour by hour; negative where an accepted increase is rejected. */
  readonly hours: HourlyCosts;
  readonly held: HeldChange;
}

/** Books `f(samples, decisions of before and these) − f(samples, decisions of before)`. */
export function decideHolds(query: HoldDecisionsQuery): DecidedHolds | StoredNeeded {
  const { decisions, samples, tariff, window } = query;
  if (window === undefined) return { need: "both" };
  const times = new Set(samples.map(({ timeMs }) => timeMs));
  const stored = window.stored.filter(({ timeMs }) => !times.has(timeMs));
  const stretch = samplesToFold({ ...window, stored, fresh: samples, tariff });
  if ("need" in stretch) return stretch;
  const before = fold(stretch.after, tariff);
  const holdDecisions = [...(tariff.holdDecisions ?? []), ...decisions];
  const after = fold(stretch.after, { ...tariff, holdDecisions });
  return {
    hours: difference(before.hours, after.hours),
    held: heldDifference(before.held, after.held),
  };
}
