/** Lambda's context, as far as it tells how long a run may still take. */
interface RunningTime {
  getRemainingTimeInMillis(): number;
}

/** Whether a run should begin nothing more, so that what is under way has `spareMs` to come to its end. */
export const stopWithTimeLeft =
  (context: RunningTime, spareMs: number): (() => boolean) =>
  () =>
    context.getRemainingTimeInMillis() < spareMs;
