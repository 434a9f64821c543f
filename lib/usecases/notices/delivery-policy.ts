import { hourMs, minuteMs } from "../../billing/time.ts";
import type { DeliveryFailed } from "./notice.ts";

/** The longest that a channel may take for one notice. */
export const sendMsMax = 12_000;
/** Over about three days: a receiver may be down for a weekend. */
export const triesMax = 20;
const retryMsMax = 6 * hourMs;

// From the third failure in a row on a receiver gets nothing for a while, and then a single notice.
const failuresUntilOpen = 3;
const openMsMax = 15 * minuteMs;

/** Between half and one and a half times, so that what failed together does not come back together. */
const jittered = (ms: number, random: number): number => Math.round(ms * (0.5 + random));

/** When a notice is tried again whose `tries`-th try has failed: after 1, 2, 4, … minutes, at most 6 hours. */
export const nextTryMs = (tries: number, nowMs: number, random: number): number =>
  nowMs + jittered(Math.min(minuteMs * 2 ** (tries - 1), retryMsMax), random);

/** A receiver as the last sendings show it. While it is open nothing is sent, and no notice loses a try. */
export interface Circuit {
  /** How many sendings in a row did not reach the receiver, of any notices. */
  readonly failures: number;
  readonly openUntilMs: number | null;
  /** The receiver is gone for good, until an operator says otherwise. */
  readonly isDisabled: boolean;
}

export const closedCircuit: Circuit = { failures: 0, openUntilMs: null, isDisabled: false };

export const isClosed = ({ openUntilMs, isDisabled }: Circuit, nowMs: number): boolean =>
  !isDisabled && (openUntilMs === null || openUntilMs <= nowMs);

/** How a try has ended. */
export type Outcome =
  | { readonly state: "delivered" }
  | { readonly state: "due"; readonly nextTryMs: number; readonly error: string }
  | { readonly state: "failed"; readonly error: string };

/** The outcome of a delivery whose `tries`-th try has failed. */
export function outcomeOfFailure(
  { about, message, retryAfterMs = 0 }: DeliveryFailed,
  tries: number,
  nowMs: number,
  random: number,
): Outcome {
  if (about === "gone" || tries >= triesMax) return { state: "failed", error: message };
  const nextMs = Math.max(nextTryMs(tries, nowMs, random), nowMs + retryAfterMs);
  return { state: "due", nextTryMs: nextMs, error: message };
}

/**
 * A receiver's circuit after several notices were sent to it at once, each of which failed or
 * (undefined) was delivered. One that reached the receiver, even to be refused, shows that it is alive.
 */
export function circuitAfter(
  circuit: Circuit,
  results: readonly (DeliveryFailed | undefined)[],
  nowMs: number,
  random: number,
): Circuit {
  if (results.some((result) => result?.about === "gone")) return { ...circuit, isDisabled: true };
  const isAlive = results.some((result) => result?.about !== "receiver");
  if (isAlive) return circuit.failures > 0 ? closedCircuit : circuit;
  const pausesMs = results.map((result) => result?.retryAfterMs ?? 0);
  return afterFailure(circuit, nowMs, Math.max(...pausesMs), random);
}

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
