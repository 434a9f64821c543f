/** Lambda's context, as far as it tells how long a run may still take. */
interface RunningTime {
  getRemainingTimeInMillis(): number;
}

/**
 * Tells a run when to begin nothing more: the work that is under way then has `spareMs` to end. The time is
 * asked for once, because Lambda's own answer follows the wall clock, which may be set in between.
 */
export function stopWithTimeLeft(context: RunningTime, spareMs: number): () => boolean {
  const stopMs = performance.now() + context.getRemainingTimeInMillis() - spareMs;
  return () => performance.now() > stopMs;
}

/** A clock for one run: it begins with the time of the wall clock, and does not follow where that is set. */
export function steadyClock(): () => number {
  const offsetMs = Date.now() - performance.now();
  return () => Math.floor(offsetMs + performance.now());
}

/** Tells a run when it has taken its time, counted from now. */
export function stopAfter(durationMs: number): () => boolean {
  const endMs = performance.now() + durationMs;
  return () => performance.now() >= endMs;
}
