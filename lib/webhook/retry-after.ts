/** Longer is a mistake, or wants to be a 410. */
const dayMs = 86_400_000;

/** What `Retry-After` asks for, seconds or a date, at most a day; undefined where it says neither. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d{1,10}$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), dayMs);
}
