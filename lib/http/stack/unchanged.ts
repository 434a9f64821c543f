import { createHash } from "node:crypto";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { dayMs, hourMs, minuteMs } from "../../billing/time.ts";
import type { HttpAnswer } from "./answer.ts";
import type { HttpContext, HttpMiddleware } from "./http-context.ts";
import type { ProjectState } from "./project-state.ts";

/** What an answer about a project depends on besides the question and what is stored of the project. */
export interface Freshness {
  /** With which step of the clock it changes; null: it does not. */
  readonly clock: "minute" | "hour" | null;
  /** The end of the time that it tells of, in Unix milliseconds; null: it is not over. */
  readonly untilMs: number | null;
  /** Whatever else it is made of. */
  readonly parts?: readonly string[];
}

/** Throws a 400 problem where the question is wrong. */
export type FreshnessOf = (event: APIGatewayProxyEventV2, nowMs: number) => Freshness;

type Handle = (event: APIGatewayProxyEventV2, context: HttpContext) => Promise<HttpAnswer>;

const varies = "Accept, Accept-Encoding, Accept-Language, Authorization, Cookie, X-API-KEY";
const clockMs = { minute: minuteMs, hour: hourMs };

/** Answers a repeated question about a project by 304, without asking the ledger, until the answer changes. */
export const answeredOnce =
  (handle: Handle, freshnessOf: FreshnessOf, lateDays: number): Handle =>
  async (event, context) => {
    const { project } = context;
    if (project === undefined) return handle(event, context);
    const nowMs = Date.now();
    const freshness = freshnessOf(event, nowMs);
    const { untilMs } = freshness;
    const isSettled = untilMs !== null && untilMs < nowMs - lateDays * dayMs;
    const headers = {
      etag: projectTag(event, project, freshness, nowMs),
      "cache-control": isSettled
        ? "private, max-age=3600"
        : "private, max-age=15, stale-while-revalidate=45",
      vary: varies,
    };
    if (isKnown(event, headers.etag)) return { statusCode: 304, headers, body: "" };
    const answer = await handle(event, context);
    return { ...answer, headers: { ...answer.headers, ...headers } };
  };

function projectTag(
  event: APIGatewayProxyEventV2,
  project: ProjectState,
  { clock, parts = [] }: Freshness,
  nowMs: number,
): string {
  const tick = clock === null ? 0 : Math.floor(nowMs / clockMs[clock]);
  const { accept, "accept-language": language } = event.headers;
  const question = [event.rawPath, event.rawQueryString, accept, language];
  return tagOf([project.projectId, project.version, tick, ...question, ...parts]);
}

/** Of an answer that is worked out anyway: the same content has the same tag. */
export const tagged = (answer: HttpAnswer, content: unknown): HttpAnswer => ({
  ...answer,
  headers: {
    ...answer.headers,
    etag: tagOf(content),
    "cache-control": "private, no-cache",
    vary: varies,
  },
});

// Weak: a compressed answer says the same in other bytes.
const tagOf = (content: unknown): string =>
  `W/"${createHash("sha256").update(JSON.stringify(content)).digest("base64url").slice(0, 27)}"`;

/** Leaves away what the caller has already. */
export const unchanged: HttpMiddleware = {
  after: (request) => {
    const { response, event } = request;
    if (response?.statusCode !== 200 || !isKnown(event, response.headers["etag"])) return;
    const { etag = "", "cache-control": caching = "", vary = "" } = response.headers;
    request.response = {
      statusCode: 304,
      headers: { etag, "cache-control": caching, vary },
      body: "",
    };
  },
};

function isKnown({ headers }: APIGatewayProxyEventV2, etag: string | undefined): boolean {
  const known = (headers["if-none-match"] ?? "").split(",").map((one) => one.trim());
  // The comparison of RFC 9110 for this header is the weak one: W/ does not count.
  const bare = (tag: string) => tag.replace(/^W\//, "");
  return etag !== undefined && known.some((one) => one === "*" || bare(one) === bare(etag));
}
