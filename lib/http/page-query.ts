import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { zoneOffset } from "../usecases/reading/calendar.ts";
import { readOneOf } from "./parameters.ts";
import { type Range, readRange, readTimezone } from "./range-query.ts";
import type { Problem } from "./stack/problem.ts";
import type { FreshnessOf } from "./stack/unchanged.ts";

export interface PageQuery<RangeName extends string> {
  /** One of the ranges that have names, or bounds of one's own. */
  readonly wanted: { readonly name: RangeName } | ({ readonly name: null } & Range);
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
    wanted: isBounded
      ? { name: null, ...readRange(query, zoneOffset(timezone), nowMs) }
      : { name: readOneOf("range", range || defaultRange, rangeNames) },
    timezone,
    language: readLanguage(query["lang"], headers["accept-language"] ?? ""),
  };
}

/** A page says how long ago things were; `parts` is what it is made of besides the project's figures. */
export const pageFreshness =
  (parts: readonly string[]): FreshnessOf =>
  () => ({ clock: "minute", untilMs: null, parts });

/** What `lang` says, else what the browser prefers. */
export const languageOf = ({ queryStringParameters: query, headers }: APIGatewayProxyEventV2) =>
  readLanguage(query?.["lang"] ?? "", headers["accept-language"] ?? "");

/** Where a page stands, without the link that was to open it. */
function pathOf({ rawPath, queryStringParameters = {} }: APIGatewayProxyEventV2): string {
  const { link: _link, ...query } = queryStringParameters;
  const search = new URLSearchParams(query as Record<string, string>).toString();
  // Gateways differ in whether they decode it.
  const path = /^[\x21-\x7e]*$/.test(rawPath) ? rawPath : encodeURI(rawPath);
  return search === "" ? path : `${path}?${search}`;
}

function readLanguage(lang: string | undefined, accepted: string): "en" | "de" {
  if (lang === "de" || lang === "en") return lang;
  // The first that a browser names is the one that it prefers.
  return /^de\b/i.test(accepted.trim()) ? "de" : "en";
}

/** What a page that is refused says. */
export const refusedPage = (
  { code, message: detail }: Pick<Problem, "code" | "message">,
  event: APIGatewayProxyEventV2,
) => ({ code, detail, path: pathOf(event) });
