const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** What a channel takes for one notice at most. */
export const sendMsMax = 12_000;
/** How long a run may keep what it claimed: longer than sending it can take. */
export const leaseMs = 5 * minuteMs;
/** Over about three days: a receiver may be down for a weekend. */
export const triesMax = 20;
const retryMsMax = 6 * hourMs;

// From the third failure in a row on a receiver is left alone, and then asked with one notice.
const failuresUntilOpen = 3;
const openMsMax = 15 * minuteMs;

/** Between half and one and a half times, so that what failed together does not come back together. */
const jittered = (ms: number, random: number): number => Math.round(ms * (0.5 + random));

/** When a notice is tried again whose `tries`-th try has failed: after 1, 2, 4, … minutes, at most 6 hours. */
export const nextTryMs = (tries: number, nowMs: number, random: number): number =>
  nowMs + jittered(Math.min(minuteMs * 2 ** (tries - 1), retryMsMax), random);

/** How a receiver does; while it is open nothing is sent there, and no notice loses a try. */
export interface Circuit {
  /** In a row, of any notices. */
  readonly failures: number;
  readonly openUntilMs: number | null;
  /** The receiver is gone for good, until an operator says otherwise. */
  readonly isDisabled: boolean;
}

export const closedCircuit: Circuit = { failures: 0, openUntilMs: null, isDisabled: false };

export function afterFailure(
  { failures, isDisabled }: Circuit,
  nowMs: number,
  retryAfterMs: number,
  random: number,
): Circuit {
  const inARow = failures + 1;
  const pauseMs =
    inARow < failuresUntilOpen
      ? 0
      : jittered(Math.min(minuteMs * 2 ** (inARow - failuresUntilOpen), openMsMax), random);
  const openMs = Math.max(pauseMs, retryAfterMs);
  return { failures: inARow, openUntilMs: openMs > 0 ? nowMs + openMs : null, isDisabled };
}
