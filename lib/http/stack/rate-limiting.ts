import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { readMediaType } from "./content-headers.ts";
import type { Caller, HttpMiddleware, HttpRequest } from "./http-context.ts";
import { type Problem, problem } from "./problem.ts";
import type { RateLimiter, RateState } from "./rate-limiter.ts";

/** Refuses one request too many of a caller, and tells every caller in headers how many are left. */
export const rateLimiting = (limiter: RateLimiter): HttpMiddleware => ({
  before: ({ event, context, internal }) => {
    const state = limiter.take(rateLimited(event, context.caller));
    internal.rate = state;
    if (state.retryAfterSeconds > 0) {
      const detail = `More than ${state.limitPerMinute} requests in a minute: send more samples in each of fewer requests, and this one again in ${state.retryAfterSeconds} s.`;
      throw rateProblem(event, state, detail);
    }
  },
  after: addRateHeaders,
  onError: addRateHeaders,
});

/**
 * Refuses a request of a caller that has sent more samples than it may in a minute. They are counted once
 * they are decoded, so a large body is taken as a whole, and the next one has to wait for it.
 */
export const sampleLimiting = (limiter: RateLimiter): HttpMiddleware => ({
  before: ({ event, context }) => {
    const caller = rateLimited(event, context.caller);
    const state = limiter.look(caller);
    if (state.retryAfterSeconds > 0) {
      const detail = `More than ${state.limitPerMinute} samples in a minute: send this request again in ${state.retryAfterSeconds} s.`;
      throw rateProblem(event, state, detail);
    }
    context.spend = (samples) => limiter.spend(caller, samples);
  },
});

/** The name of the bucket that a request is taken from. */
export const rateLimited = (event: APIGatewayProxyEventV2, { keyId }: Caller): string =>
  keyId === "anonymous" ? `address ${event.requestContext.http.sourceIp}` : `key ${keyId}`;

/** Does nothing where the request was refused before it reached its bucket. */
function addRateHeaders(request: HttpRequest): void {
  const { response, internal } = request;
  if (!response || internal.rate === undefined) return;
  request.response = {
    ...response,
    headers: { ...rateHeaders(internal.rate), ...response.headers },
  };
}

/** The state of the bucket as draft-ietf-httpapi-ratelimit-headers-10 has it. */
export const rateHeaders = ({ limitPerMinute, remaining, resetSeconds }: RateState) => ({
  "ratelimit-policy": `"requests";q=${limitPerMinute};w=60`,
  ratelimit: `"requests";r=${remaining};t=${resetSeconds}`,
});

/**
 * The answer to one request too many: 503 to senders that drop for good what is answered with 429, as the
 * clients of InfluxDB do with every 4xx, and Prometheus, too, unless `retry_on_http_429` is set.
 */
export function rateProblem(
  event: APIGatewayProxyEventV2,
  { retryAfterSeconds }: RateState,
  detail: string,
): Problem {
  const { type } = readMediaType(event.headers["content-type"]);
  const dropsOn429 = event.routeKey === "POST /write" || type === "application/x-protobuf";
  return problem("rate-limited", "request", detail, {
    headers: { "retry-after": String(retryAfterSeconds) },
    ...(dropsOn429 && { status: 503 }),
  });
}
