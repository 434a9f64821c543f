/** Lambda's context, as far as it tells how long a run may still take. */
interface RunningTime {
  getRemainingTimeInMillis(): number;
}

/** Tells a run when to begin nothing more: the work that is under way then has `spareMs` to end. */
export const stopWithTimeLeft =
  (context: RunningTime, spareMs: number): (() => boolean) =>
  () =>
    context.getRemainingTimeInMillis() < spareMs;

/** Tells a run when it has taken its time, counted from now. */
export function stopAfter(durationMs: number): () => boolean {
  const endMs = performance.now() + durationMs;
  return () => performance.now() >= endMs;
}
