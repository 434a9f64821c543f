import { minuteMs } from "../../billing/time.ts";

// A caller without a key is known by its address, and there may be any number of addresses.
const bucketsMax = 10_000;

interface Bucket {
  requests: number;
  filledMs: number;
}

export interface RateState {
  readonly limitPerMinute: number;
  /** Requests that are left now. */
  readonly remaining: number;
  /** Until the bucket is full again. */
  readonly resetSeconds: number;
  /** Until the bucket holds a request again; 0: this request was taken. */
  readonly retryAfterSeconds: number;
}

/**
 * A bucket of requests for each caller, which fills within a minute. It lives in one instance of the
 * function, so with n instances a caller may send n times as much.
 */
export class RateLimiter {
  readonly #limitPerMinute: number;
  readonly #elapsedMs: () => number;
  readonly #buckets = new Map<string, Bucket>();

  /** The clock is monotonic: when the wall clock was set back an hour, nobody could send for an hour. */
  constructor(limitPerMinute: number, elapsedMs: () => number = () => performance.now()) {
    this.#limitPerMinute = limitPerMinute;
    this.#elapsedMs = elapsedMs;
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
    const nowMs = this.#elapsedMs();
    const known = this.#buckets.get(caller);
    const requests =
      known === undefined
        ? this.#limitPerMinute
        : Math.min(this.#limitPerMinute, known.requests + (nowMs - known.filledMs) * perMs);
    const bucket = { requests, filledMs: nowMs };
    // A Map keeps the order of insertion: the caller that was away the longest is first, and is forgotten
    // first, because its bucket is full by now.
    this.#buckets.delete(caller);
    this.#buckets.set(caller, bucket);
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > bucketsMax && oldest !== undefined) this.#buckets.delete(oldest);
    return bucket;
  }
}
