import type { DecodeContext } from "./decoded.ts";
import { type UnixUnit, unixUnits } from "./read-time.ts";
import type { Refusal } from "./refusals.ts";

/** The unit of a format's timestamps, and the advice for senders that count in another one. */
export interface TimeCount {
  readonly unit: UnixUnit;
  readonly remedy: (meant: UnixUnit) => string;
}

/** With `count`, where the time was a number, a wrong unit is told from a wrong clock. */
export function checkTime(
  timeMs: number,
  context: DecodeContext,
  count?: TimeCount,
): Refusal | undefined {
  if (timeMs >= context.oldestMs && timeMs <= context.newestMs) return undefined;
  const code = timeMs > context.newestMs ? "time-too-new" : "time-too-old";
  const detail = count === undefined ? undefined : explainUnit(timeMs, count, context);
  return { code, detail: detail ?? explainLimit(timeMs, context) };
}

function explainLimit(timeMs: number, { oldestMs, newestMs }: DecodeContext): string {
  const time = formatTime(timeMs);
  if (timeMs > newestMs) {
    return `set the sender's clock: ${time} is later than ${formatTime(newestMs)}, the latest time accepted now`;
  }
  return `send no samples from before ${formatTime(oldestMs)}, the earliest time still billed: this one is of ${time}`;
}

// Nothing that is measured is older. Neighbouring units differ by a factor of a thousand, and times from 2000
// until now by far less, so no number is plausible in two units.
const plausibleFromMs = Date.UTC(2000);

/** Says which unit the sender took for the format's; undefined where the number makes sense in none other. */
export function explainUnit(
  timeMs: number,
  { unit, remedy }: TimeCount,
  { newestMs }: Pick<DecodeContext, "newestMs">,
): string | undefined {
  const meant = (Object.keys(unixUnits) as UnixUnit[]).find((other) => {
    const meantMs = timeMs * (Number(unixUnits[other]) / Number(unixUnits[unit]));
    return other !== unit && meantMs >= plausibleFromMs && meantMs <= newestMs;
  });
  return meant === undefined
    ? undefined
    : `the time is read as ${unitNames[unit]}, so as ${formatTime(timeMs)}: if it counts ${unitNames[meant]}, ${remedy(meant)}`;
}

export const unitNames: Readonly<Record<UnixUnit, string>> = {
  ns: "nanoseconds",
  us: "microseconds",
  ms: "milliseconds",
  s: "seconds",
};

/** Where only milliseconds are taken. */
export const unixMs: TimeCount = { unit: "ms", remedy: () => "send milliseconds" };

/** `toISOString` throws beyond the year 275760, and a sender may write any 64-bit number. */
function formatTime(timeMs: number): string {
  return Math.abs(timeMs) <= 8.64e15 ? new Date(timeMs).toISOString() : `Unix time ${timeMs} ms`;
}
