import { dayMs, hourMs, minuteMs } from "../billing/time.ts";

const unitsMs: Readonly<Record<string, number>> = {
  s: 1_000,
  m: minuteMs,
  h: hourMs,
  d: dayMs,
};

/** The rule of a duration, for messages. */
export const durationRule = 'must be a duration such as "90s", "15m", "1h" or "7d"';

/** `90s`, `15m`, `1h`, `7d` in milliseconds; undefined for everything else. */
export function readDuration(text: string): number | undefined {
  const [, count, unit = ""] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const unitMs = unitsMs[unit];
  return unitMs === undefined ? undefined : Number(count) * unitMs;
}
