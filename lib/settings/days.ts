import { type ReadVariable, wholeNumber } from "../config.ts";

/** How late a measurement may come, in days. */
export const readLateDays = (read: ReadVariable): number =>
  wholeNumber(read, "LATE_DAYS", { preset: 30, min: 1, max: 36_500 });

// A message waits seven days on the queue at most, fourteen among the dead letters, and seven more when it
// is sent back from there: an accepted measurement may be billed so much later than LATE_DAYS says.
const queueDays = 7 + 14 + 7;

/** How long measurements are kept, in days: one that is accepted late must still meet its neighbours. */
export function readKeepDays(read: ReadVariable): number {
  const lateDays = readLateDays(read);
  const leastDays = lateDays + queueDays;
  const preset = Math.max(400, leastDays);
  const keepDays = wholeNumber(read, "KEEP_DAYS", { preset, min: 1, max: 73_000 });
  if (keepDays >= leastDays) return keepDays;
  throw new Error(
    `KEEP_DAYS is ${keepDays}, but must be at least LATE_DAYS + ${queueDays}, which is ${leastDays}`,
  );
}
