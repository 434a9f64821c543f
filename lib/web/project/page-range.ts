import { dayMs, hourMs } from "../../billing/time.ts";
import {
  type BucketSize,
  bucketEdges,
  bucketStart,
  type ZoneOffset,
  zoneOffset,
} from "../../usecases/reading/calendar.ts";

export const rangeNames = ["day", "week", "month", "year"] as const;
export type RangeName = (typeof rangeNames)[number];

const daysOf: Readonly<Record<RangeName, number>> = { day: 1, week: 7, month: 30, year: 365 };

/** What a page is asked to show: one of the ranges up to now, or a stretch of one's own. */
export type WantedRange =
  | { readonly name: RangeName }
  | { readonly name: null; readonly fromMs: number; readonly untilMs: number };

/** A page has no bars of a week: they say little beside those of its days. */
type PageBucket = Exclude<BucketSize, "week">;

export interface PageRange {
  /** null: bounds of one's own. */
  readonly name: RangeName | null;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly bucket: PageBucket;
  /** The borders of its buckets, ascending; one more than there are buckets. */
  readonly edges: readonly number[];
}

// More rows than these nobody reads, and a page for a phone has to stay small.
const hoursLongMax = 3 * dayMs;
const daysLongMax = 400 * dayMs;

/** The range with its buckets: whole ones, so a range begins and ends where its first and last do. */
export function pageRange(wanted: WantedRange, timeZone: string, nowMs: number): PageRange {
  const offset = zoneOffset(timeZone);
  const bounds = wanted.name === null ? wanted : namedBounds(wanted.name, offset, nowMs);
  const bucket = bucketFor(wanted.name, bounds.untilMs - bounds.fromMs);
  const edges = bucketEdges(bounds, bucket, offset);
  const [fromMs, untilMs] = [edges[0] ?? bounds.fromMs, edges.at(-1) ?? bounds.untilMs];
  return { name: wanted.name, fromMs, untilMs, bucket, edges };
}

function namedBounds(name: RangeName, offset: ZoneOffset, nowMs: number) {
  if (name === "day") return { fromMs: nowMs - dayMs + hourMs, untilMs: nowMs };
  // At noon, so that neither a short nor a long day leads into another one.
  const noonMs = bucketStart(nowMs, "day", offset) + 12 * hourMs;
  return { fromMs: noonMs - (daysOf[name] - 1) * dayMs, untilMs: nowMs };
}

function bucketFor(name: RangeName | null, lengthMs: number): PageBucket {
  if (name !== null) return name === "day" ? "hour" : "day";
  if (lengthMs <= hoursLongMax) return "hour";
  return lengthMs <= daysLongMax ? "day" : "month";
}
