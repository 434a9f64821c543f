import { dayMs } from "../billing/time.ts";

/** Longer is a mistake, or is meant to be a 410. */
const waitMsMax = dayMs;

/** The wait that `Retry-After` asks for, by seconds or a date, at most a day; undefined where it has neither. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d{1,10}$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), waitMsMax);
}
