import type { SeriesState } from "../../billing/booking.ts";
import {
  type GrowingHours,
  type HourCost,
  type HourlyCosts,
  noHours,
} from "../../billing/hourly-costs.ts";
import { hourOf } from "../../billing/time.ts";
import type { Head } from "./heads.ts";

/** The change that a booking makes in the ledger of one series. */
export interface SeriesHours {
  readonly head: Head;
  /** Where the series stands afterwards: the hour of its last sample is the open one. */
  readonly state: SeriesState;
  /** Amounts to add, hour by hour; may be negative. */
  readonly hours: HourlyCosts;
  /** The part of it that changes what was billed before. */
  readonly corrections: HourlyCosts;
}

/** Where the amounts of a booking go. */
export interface HourPlan {
  /** The open hour is another one than before, and begins with `open`; false: `open` is added to it. */
  readonly opensHour: boolean;
  readonly open: HourCost;
  /** To add to the hour that was open so far before it is closed; null: it is not closed. */
  readonly closing: HourCost | null;
  /** To add to closed hours. */
  readonly closed: HourlyCosts;
}

export const noCost: HourCost = { usage: 0n, credits: 0n };

/** The hour of the last sample; null: there is none. */
export const openHourOf = (last: { readonly timeMs: number } | null): number | null =>
  last === null ? null : hourOf(last.timeMs);

/** Whether the series ends earlier than before, so that an hour that was closed is open again. */
export function isReopening({ head, state }: SeriesHours): boolean {
  const [before, after] = [openHourOf(head.last), openHourOf(state.last)];
  return before !== null && (after === null || after < before);
}

/**
 * Divides the hours of a booking. `reopened` is what the ledger holds of the hour that is open again: it
 * moves back into the head. Nothing is ever used after the last sample, so the hour that was open before
 * comes to nothing then.
 */
export function planHours(
  { head, state, hours }: SeriesHours,
  reopened: HourCost | null = null,
): HourPlan {
  const [before, after] = [openHourOf(head.last), openHourOf(state.last)];
  const opensHour = before !== after;
  const closes = before !== null && after !== null && before < after;
  const open = (after === null ? undefined : hours.get(after)) ?? noCost;
  const closing = closes ? (hours.get(before) ?? noCost) : null;
  if (reopened === null && !opensHour && hours.size === (open === noCost ? 0 : 1)) {
    return { opensHour, open, closing, closed: noHours };
  }
  const closed: GrowingHours = new Map();
  for (const [hour, cost] of hours) if (hour !== before && hour !== after) closed.set(hour, cost);
  if (after === null || reopened === null) return { opensHour, open, closing, closed };
  closed.set(after, { usage: -reopened.usage, credits: -reopened.credits });
  const usage = open.usage + reopened.usage;
  return { opensHour, open: { usage, credits: open.credits + reopened.credits }, closing, closed };
}
