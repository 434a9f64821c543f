import { minuteMs } from "../../billing/time.ts";

// A caller without a key is known by its address, and there may be any number of addresses.
const bucketsMax = 10_000;

interface Bucket {
  /** Requests or samples; below zero where more was sent at once than was left. */
  left: number;
  filledMs: number;
}

export interface RateState {
  readonly limitPerMinute: number;
  /** What is left now. */
  readonly remaining: number;
  /** Until the bucket is full again. */
  readonly resetSeconds: number;
  /** Until the bucket holds something again; 0: it does. */
  readonly retryAfterSeconds: number;
}

/**
 * A bucket of requests, or of samples, for each caller, which fills within a minute. It lives in one instance of the
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
    const bucket = this.#fill(caller);
    const state = this.#stateOf(bucket);
    if (state.retryAfterSeconds > 0) return state;
    bucket.left -= 1;
    return { ...this.#stateOf(bucket), retryAfterSeconds: 0 };
  }

  /** Whether there is anything in the caller's bucket; takes nothing. */
  look(caller: string): RateState {
    return this.#stateOf(this.#fill(caller));
  }

  /** Takes so much, also where less is left: then the caller has to wait until the bucket has made up for it. */
  spend(caller: string, count: number): void {
    this.#fill(caller).left -= count;
  }

  #stateOf({ left }: Bucket): RateState {
    const perMs = this.#limitPerMinute / minuteMs;
    const seconds = (count: number) => Math.ceil(count / perMs / 1_000);
    return {
      limitPerMinute: this.#limitPerMinute,
      remaining: Math.max(0, Math.floor(left)),
      resetSeconds: seconds(this.#limitPerMinute - left),
      retryAfterSeconds: left >= 1 ? 0 : seconds(1 - left),
    };
  }

  #fill(caller: string): Bucket {
    const perMs = this.#limitPerMinute / minuteMs;
    const nowMs = this.#elapsedMs();
    const known = this.#buckets.get(caller);
    const left =
      known === undefined
        ? this.#limitPerMinute
        : Math.min(this.#limitPerMinute, known.left + (nowMs - known.filledMs) * perMs);
    const bucket = { left, filledMs: nowMs };
    // A Map keeps the order of insertion: the caller that was away the longest is first, and is forgotten
    // first, because its bucket is full by now.
    this.#buckets.delete(caller);
    this.#buckets.set(caller, bucket);
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > bucketsMax && oldest !== undefined) this.#buckets.delete(oldest);
    return bucket;
  }
}
