import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { dayMs } from "../billing/time.ts";
import { readInstant } from "../formats/read-time.ts";
import { instantOf, type ZoneOffset } from "../usecases/reading/calendar.ts";
import { problem } from "./stack/problem.ts";

export type Query = NonNullable<APIGatewayProxyEventV2["queryStringParameters"]>;

/** Unix milliseconds; the end is not within it. */
export interface Range {
  readonly fromMs: number;
  readonly untilMs: number;
}

const firstMs = Date.parse("0001-01-01T00:00:00Z");
const endMs = Date.UTC(9999, 0);
const presetMs = 30 * dayMs;
const longestMs = 20 * 366 * dayMs;

/** The name of a time zone, as the IANA has it; throws a 400 problem. */
export function readTimezone({ timezone = "" }: Query): string {
  try {
    const timeZone = timezone || "UTC";
    return new Intl.DateTimeFormat("en", { timeZone }).resolvedOptions().timeZone;
  } catch {
    const rule = "timezone must be a name such as Europe/Berlin or UTC";
    throw problem("timezone-unknown", "timezone", rule);
  }
}

/** `from` and `until`, instants or days of the zone; without them the last 30 days. Throws a 400 problem. */
export function readRange(query: Query, offset: ZoneOffset, nowMs: number): Range {
  const untilMs = readBound("until", query["until"], offset) ?? nowMs;
  const fromMs = readBound("from", query["from"], offset) ?? untilMs - presetMs;
  if (fromMs >= untilMs) throw rangeProblem("from", "from must be earlier than until");
  if (untilMs - fromMs > longestMs) {
    throw rangeProblem("from", "from and until must be no more than 20 years apart");
  }
  return { fromMs, untilMs };
}

/**
 * The range before, as long by the zone's clock. Of one that is not over yet only as much as has passed of
 * it, because a part compared with a whole looks like thrift; null: nothing of it has.
 */
export function rangeBefore(range: Range, offset: ZoneOffset, nowMs: number): Range | null {
  const wall = (ms: number) => ms + offset(ms);
  const lengthMs = wall(range.untilMs) - wall(range.fromMs);
  const before = (ms: number) => instantOf(wall(ms) - lengthMs, offset);
  const [fromMs, untilMs] = [before(range.fromMs), before(Math.min(range.untilMs, nowMs))];
  return fromMs < untilMs && fromMs >= firstMs ? { fromMs, untilMs } : null;
}

/** An instant; undefined: the text is none. */
export function readInstantWithin(text: string): number | undefined {
  const ms = readInstant(text);
  return ms !== undefined && isWithin(ms) ? ms : undefined;
}

/** In the years that both PostgreSQL and RFC 3339 can write. */
const isWithin = (ms: number): boolean => firstMs <= ms && ms < endMs;

const rangeProblem = (at: string, detail: string) => problem("range-invalid", at, detail);

function readBound(name: string, text: string | undefined, offset: ZoneOffset): number | undefined {
  if (text === undefined || text === "") return undefined;
  const dayUtcMs = /^\d{4}-\d\d-\d\d$/.test(text) ? readInstant(`${text}T00:00:00Z`) : undefined;
  const ms = dayUtcMs === undefined ? readInstant(text) : instantOf(dayUtcMs, offset);
  if (ms !== undefined && isWithin(ms)) return ms;
  const rule = `${name} must be a day such as 2026-11-23 or an instant such as 2026-11-23T09:00:00Z`;
  throw rangeProblem(name, `${rule} (a + is written %2B)`);
}
