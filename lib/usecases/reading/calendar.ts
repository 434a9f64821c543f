import { dayMs, hourMs, minuteMs } from "../../billing/time.ts";

/** How long an instant's wall clock is ahead of UTC, in a zone. */
export type ZoneOffset = (ms: number) => number;

/** Ask once and keep it: making the formatter costs a hundred times more than using it. */
export function zoneOffset(timeZone: string): ZoneOffset {
  const formatter = new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" });
  return (ms) => {
    // The parts of the text, told apart, would take twice as long.
    const [, sign, hours, minutes] = /GMT([+-])(\d\d):(\d\d)$/.exec(formatter.format(ms)) ?? [];
    if (hours === undefined) return 0;
    return (sign === "-" ? -1 : 1) * (Number(hours) * hourMs + Number(minutes) * minuteMs);
  };
}

/** The instant at which the zone's wall clock shows this time, given as if it were UTC. */
export function instantOf(wallMs: number, offset: ZoneOffset): number {
  const guessMs = wallMs - offset(wallMs);
  // The clock may have been changed between the two.
  return wallMs - offset(guessMs);
}

/** A bucket is as long as one of these, by the zone's calendar. */
export type BucketSize = "hour" | "day" | "week" | "month";

const longestDays = { day: 1, week: 7, month: 31 };

/** The instant at or before this one with which a bucket begins. */
export function bucketStart(ms: number, size: BucketSize, offset: ZoneOffset): number {
  if (size === "hour") return Math.floor(ms / hourMs) * hourMs;
  const wall = new Date(ms + offset(ms));
  const day = firstDay(size, wall);
  return instantOf(Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth(), day), offset);
}

/** The day of the wall clock's month with which a bucket begins; a week begins on Monday (ISO 8601). */
function firstDay(size: "day" | "week" | "month", wall: Date): number {
  if (size === "month") return 1;
  return size === "day" ? wall.getUTCDate() : wall.getUTCDate() - ((wall.getUTCDay() + 6) % 7);
}

/** Where the next bucket begins: days may have 23 or 25 hours. */
function bucketEnd(startMs: number, size: BucketSize, offset: ZoneOffset): number {
  if (size === "hour") return startMs + hourMs;
  // Far enough into the next one, however long this one is.
  return bucketStart(startMs + 1.5 * longestDays[size] * dayMs, size, offset);
}

/** The borders of the buckets from the one that holds `fromMs` on, until `untilMs` is reached. */
export function bucketEdges(
  { fromMs, untilMs }: { readonly fromMs: number; readonly untilMs: number },
  size: BucketSize,
  offset: ZoneOffset,
): readonly number[] {
  const edges = [bucketStart(fromMs, size, offset)];
  for (let edge = edges[0] as number; edge < untilMs; ) {
    edge = bucketEnd(edge, size, offset);
    edges.push(edge);
  }
  return edges;
}

/** RFC 3339 with the zone's offset, to the second. */
export function instantText(ms: number, offset: ZoneOffset): string {
  const aheadMs = offset(ms);
  const wall = new Date(ms + aheadMs).toISOString().slice(0, 19);
  if (aheadMs === 0) return `${wall}Z`;
  const ahead = new Date(Math.abs(aheadMs)).toISOString().slice(11, 16);
  return `${wall}${aheadMs < 0 ? "-" : "+"}${ahead}`;
}

/** The same in UTC: `2026-11-25T12:30:00Z`. */
export const utcText = (ms: number): string => instantText(ms, () => 0);

/** The same, with the milliseconds where there are any. */
export const exactUtcText = (ms: number): string =>
  new Date(ms).toISOString().replace(".000Z", "Z");
