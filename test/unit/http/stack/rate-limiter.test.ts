import { expect, test } from "@jest/globals";
import { RateLimiter } from "../../../../lib/http/stack/rate-limiter.ts";

let nowMs = 0;
const limiter = (perMinute: number) => new RateLimiter(perMinute, () => nowMs);
const takeAll = (rates: RateLimiter, caller: string, times: number) =>
  Array.from({ length: times }, () => rates.take(caller).retryAfterSeconds === 0);

test("a caller may send a minute's requests at once, and no more", () => {
  const rates = limiter(60);
  expect(takeAll(rates, "a", 60)).toEqual(Array(60).fill(true));
  expect(rates.take("a")).toEqual({
    limitPerMinute: 60,
    remaining: 0,
    resetSeconds: 60,
    retryAfterSeconds: 1,
  });
});

test("what was refused costs nothing: after Retry-After the next one is taken", () => {
  const rates = limiter(10);
  takeAll(rates, "a", 10);
  expect(takeAll(rates, "a", 50)).not.toContain(true);
  const { retryAfterSeconds } = rates.take("a");
  expect(retryAfterSeconds).toBe(6);
  nowMs += 6_000;
  expect(takeAll(rates, "a", 2)).toEqual([true, false]);
});

test("the bucket never holds more than a minute's requests", () => {
  const rates = limiter(3);
  takeAll(rates, "a", 1);
  nowMs += 3_600_000;
  expect(takeAll(rates, "a", 4)).toEqual([true, true, true, false]);
});

test("one caller's bucket is not another's", () => {
  const rates = limiter(1);
  expect(takeAll(rates, "a", 2)).toEqual([true, false]);
  expect(takeAll(rates, "b", 2)).toEqual([true, false]);
});

test("of ten thousand callers the one that was away the longest is forgotten", () => {
  const rates = limiter(1);
  rates.take("a");
  rates.take("b");
  for (let index = 0; index < 9_998; index += 1) rates.take(`other ${index}`);
  expect(rates.take("a").retryAfterSeconds).toBeGreaterThan(0);
  rates.take("one more");
  expect(rates.take("a").retryAfterSeconds).toBeGreaterThan(0);
  expect(rates.take("b").retryAfterSeconds).toBe(0);
});

test("more may be spent than is left, and has to be made up for", () => {
  const rates = limiter(60);
  expect(rates.look("spender")).toMatchObject({ remaining: 60, retryAfterSeconds: 0 });
  rates.spend("spender", 180);
  expect(rates.look("spender")).toMatchObject({ remaining: 0, retryAfterSeconds: 121 });
  nowMs += 121_000;
  expect(rates.look("spender")).toMatchObject({ remaining: 1, retryAfterSeconds: 0 });
});
