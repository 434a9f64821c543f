import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { zoneOffset } from "../usecases/reading/calendar.ts";
import { readOneOf } from "./parameters.ts";
import { type Range, readRange, readTimezone } from "./range-query.ts";

export interface PageQuery<RangeName extends string> {
  readonly range: RangeName | Range;
  readonly timezone: string;
  /** What `lang` says, else what the browser prefers. */
  readonly language: "en" | "de";
}

/** The query of a page; throws a 400 problem that says what to change. */
export function readPageQuery<RangeName extends string>(
  { queryStringParameters: query = {}, headers }: APIGatewayProxyEventV2,
  rangeNames: readonly RangeName[],
  defaultRange: RangeName,
  nowMs: number,
): PageQuery<RangeName> {
  const timezone = readTimezone(query);
  const { range, from, until } = query;
  const isBounded = from !== undefined || until !== undefined;
  return {
    range: isBounded
      ? readRange(query, zoneOffset(timezone), nowMs)
      : readOneOf("range", range || defaultRange, rangeNames),
    timezone,
    language: readLanguage(query["lang"], headers["accept-language"] ?? ""),
  };
}

function readLanguage(lang: string | undefined, accepted: string): "en" | "de" {
  if (lang === "de" || lang === "en") return lang;
  // The first that a browser names is the one that it prefers.
  return /^de\b/i.test(accepted.trim()) ? "de" : "en";
}
