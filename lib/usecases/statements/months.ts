import { dayMs } from "../../billing/time.ts";
import { bucketEdges, bucketStart, instantText, zoneOffset } from "../reading/calendar.ts";

/** A calendar month of a time zone; it holds the hours that begin in it. */
export interface Month {
  /** `2026-10`. */
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** The months from that of one instant to that of another. */
export function monthsBetween(fromMs: number, untilMs: number, timezone: string): readonly Month[] {
  const offset = zoneOffset(timezone);
  const edges = bucketEdges({ fromMs, untilMs: untilMs + 1 }, "month", offset);
  return edges.slice(0, -1).map((startMs, index) => ({
    name: instantText(startMs, offset).slice(0, 7),
    startMs,
    endMs: edges[index + 1] as number,
  }));
}

/** The last month whose statement may be closed at an instant. */
export function lastDueMonth(nowMs: number, lateDays: number, timezone: string): string {
  const offset = zoneOffset(timezone);
  const endedMs = bucketStart(nowMs - (lateDays + 1) * dayMs, "month", offset);
  return instantText(endedMs - 1, offset).slice(0, 7);
}

/** When a month's statement is closed: a day after its last measurement may come. */
export const closesAtMs = ({ endMs }: Pick<Month, "endMs">, lateDays: number): number =>
  endMs + (lateDays + 1) * dayMs;
