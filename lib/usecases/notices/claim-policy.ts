import { minuteMs } from "../../billing/time.ts";
import type { Circuit } from "./delivery-policy.ts";

/** How long a run may keep the deliveries that it claimed: longer than sending them can take. */
export const leaseMs = 5 * minuteMs;

const atOnceMax = 8;
// Of eight, two are left to projects: a flood of notices to operators must not hold them up either.
const operatorsShare = 3 / 4;

/** How many deliveries a run claims at once. */
export interface ClaimSize {
  readonly countMax: number;
  /** How many of them may be for operators before projects have their turn. */
  readonly operatorsMax: number;
}

/** A receiver that failed before gets a single notice: it shows whether the receiver is back. */
export function claimSize({ failures }: Circuit): ClaimSize {
  const countMax = failures > 0 ? 1 : atOnceMax;
  return { countMax, operatorsMax: Math.ceil(countMax * operatorsShare) };
}
