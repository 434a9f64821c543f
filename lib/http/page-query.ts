import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { readInstant } from "../formats/read-time.ts";
import { parameterProblem } from "./stack/problem.ts";

export interface PageQuery<RangeName extends string> {
  readonly range: RangeName | { readonly fromMs: number; readonly untilMs: number };
  readonly timezone: string;
  /** What `lang` says, else what the browser prefers. */
  readonly language: "en" | "de";
}

const longestMs = 20 * 366 * 86_400_000;

/** The query of a page; throws a 400 problem that says what to change. */
export function readPageQuery<RangeName extends string>(
  { queryStringParameters: query = {}, headers }: APIGatewayProxyEventV2,
  rangeNames: readonly RangeName[],
  defaultRange: RangeName,
): PageQuery<RangeName> {
  return {
    range: readRange(query, rangeNames, defaultRange),
    timezone: readTimezone(query["timezone"] || "UTC"),
    language: readLanguage(query["lang"], headers["accept-language"] ?? ""),
  };
}

type Query = NonNullable<APIGatewayProxyEventV2["queryStringParameters"]>;

function readRange<RangeName extends string>(
  query: Query,
  rangeNames: readonly RangeName[],
  defaultRange: RangeName,
): PageQuery<RangeName>["range"] {
  const { range, from, until } = query;
  if (from === undefined && until === undefined) {
    const found = rangeNames.find((name) => name === (range || defaultRange));
    if (found !== undefined) return found;
    throw parameterProblem("range", `range must be one of ${rangeNames.join(", ")}`);
  }
  const [fromMs, untilMs] = [readBound("from", from), readBound("until", until)];
  if (fromMs >= untilMs) throw parameterProblem("from", "from must be earlier than until");
  if (untilMs - fromMs > longestMs) {
    throw parameterProblem("from", "from and until must be no more than 20 years apart");
  }
  return { fromMs, untilMs };
}

function readBound(name: string, text: string | undefined): number {
  const ms = text === undefined ? undefined : readInstant(text);
  if (ms !== undefined) return ms;
  throw parameterProblem(name, `${name} must be an instant such as 2026-11-23T09:00:00Z`);
}

function readTimezone(name: string): string {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    throw parameterProblem("timezone", "timezone must be a name such as Europe/Berlin or UTC");
  }
}

function readLanguage(lang: string | undefined, accepted: string): "en" | "de" {
  if (lang === "de" || lang === "en") return lang;
  // The first that a browser names is the one that it prefers.
  return /^de\b/i.test(accepted.trim()) ? "de" : "en";
}
