import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { readMediaType } from "../request-body.ts";
import type { Caller } from "./authenticate.ts";
import { Problem } from "./problem.ts";

const minuteMs = 60_000;
// Callers without a key are told apart by their address, of which there may be any number.
const bucketsMax = 10_000;

interface Bucket {
  requests: number;
  filledMs: number;
}

export interface RateState {
  readonly limitPerMinute: number;
  /** Requests that are left now. */
  readonly remaining: number;
  /** Seconds until all of them are there again. */
  readonly resetSeconds: number;
  /** Seconds until one is there again; 0: this one was taken. */
  readonly retryAfterSeconds: number;
}

/**
 * A bucket of requests per caller, which a minute fills. It lives in this instance of the function and
 * is best effort: with n instances a caller may send n times as much.
 */
export class RateLimiter {
  readonly #limitPerMinute: number;
  readonly #nowMs: () => number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(limitPerMinute: number, nowMs: () => number) {
    this.#limitPerMinute = limitPerMinute;
    this.#nowMs = nowMs;
  }

  /** Takes one request from the caller's bucket, if there is one. */
  take(caller: string): RateState {
    const perMs = this.#limitPerMinute / minuteMs;
    const bucket = this.#fill(caller, perMs);
    const isTaken = bucket.requests >= 1;
    if (isTaken) bucket.requests -= 1;
    const seconds = (requests: number) => Math.ceil(requests / perMs / 1_000);
    return {
      limitPerMinute: this.#limitPerMinute,
      remaining: Math.floor(bucket.requests),
      resetSeconds: seconds(this.#limitPerMinute - bucket.requests),
      retryAfterSeconds: isTaken ? 0 : seconds(1 - bucket.requests),
    };
  }

  #fill(caller: string, perMs: number): Bucket {
    const nowMs = this.#nowMs();
    const known = this.#buckets.get(caller);
    const requests =
      known === undefined
        ? this.#limitPerMinute
        : Math.min(this.#limitPerMinute, known.requests + (nowMs - known.filledMs) * perMs);
    const bucket = { requests, filledMs: nowMs };
    // Whoever was away the longest comes first, and is forgotten first: that bucket is full by now.
    this.#buckets.delete(caller);
    this.#buckets.set(caller, bucket);
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > bucketsMax && oldest !== undefined) this.#buckets.delete(oldest);
    return bucket;
  }
}

/** Whose bucket a request is taken from. */
export const rateLimited = (event: APIGatewayProxyEventV2, { keyId }: Caller): string =>
  keyId === "anonymous" ? `address ${event.requestContext.http.sourceIp}` : `key ${keyId}`;

/** What draft-ietf-httpapi-ratelimit-headers-10 tells a caller of its bucket. */
export const rateHeaders = ({ limitPerMinute, remaining, resetSeconds }: RateState) => ({
  "ratelimit-policy": `"requests";q=${limitPerMinute};w=60`,
  ratelimit: `"requests";r=${remaining};t=${resetSeconds}`,
});

/**
 * The answer to one request too many. Prometheus drops for good what is answered with 429, unless
 * `retry_on_http_429` is set, and comes again after a 503.
 */
export function rateProblem(event: APIGatewayProxyEventV2, state: RateState): Problem {
  const isRemoteWrite =
    readMediaType(event.headers["content-type"]).type === "application/x-protobuf";
  const { limitPerMinute, retryAfterSeconds } = state;
  const detail = `More than ${limitPerMinute} requests in a minute: send more samples in each of fewer requests, and this one again in ${retryAfterSeconds} s.`;
  return new Problem(isRemoteWrite ? 503 : 429, "rate-limited", detail, {
    headers: { "retry-after": String(retryAfterSeconds) },
    extra: { errors: [{ at: "request", code: "rate-limited", detail }] },
  });
}
