import { describe, expect, test } from "@jest/globals";
import {
  afterFailure,
  type Circuit,
  closedCircuit,
  leaseMs,
  nextTryMs,
  sendMsMax,
  triesMax,
} from "../../../../lib/usecases/notices/delivery-policy.ts";

const minuteMs = 60_000;
const nowMs = Date.UTC(2026, 10, 23);
/** Without jitter, which is between half and one and a half times. */
const middle = 0.5;
const tries = Array.from({ length: triesMax - 1 }, (_, index) => index + 1);
const waitMinutes = (tried: number, random = middle) =>
  (nextTryMs(tried, nowMs, random) - nowMs) / minuteMs;

test("a notice waits twice as long after each failure, six hours at most", () => {
  expect(tries.map((tried) => waitMinutes(tried))).toEqual([
    ...[1, 2, 4, 8, 16, 32, 64, 128, 256],
    ...Array(10).fill(360),
  ]);
});

test("all its tries are spread over a weekend", () => {
  const days = (random: number) =>
    tries.reduce((sum, tried) => sum + waitMinutes(tried, random), 0) / 1_440;
  expect(days(middle)).toBeGreaterThan(2.5);
  expect(days(middle)).toBeLessThan(3.5);
});

test("what failed together does not come back together", () => {
  expect(waitMinutes(5, 0)).toBe(8);
  expect(waitMinutes(5, 1)).toBe(24);
  expect(waitMinutes(5, 0.25)).toBe(12);
});

test("a lease outlasts whatever a run may do with what it claimed", () => {
  expect(leaseMs).toBeGreaterThan(10 * sendMsMax);
});

describe("a receiver's circuit", () => {
  const fail = (circuit: Circuit, retryAfterMs = 0, random = middle) =>
    afterFailure(circuit, nowMs, retryAfterMs, random);
  /** For how many minutes it is left alone after each of so many failures in a row. */
  const pauses = (count: number, random = middle) => {
    let circuit = closedCircuit;
    return Array.from({ length: count }, () => {
      circuit = fail(circuit, 0, random);
      return circuit.openUntilMs === null ? null : (circuit.openUntilMs - nowMs) / minuteMs;
    });
  };

  test("opens at the third failure in a row, for 1, 2, 4, … and at most 15 minutes", () => {
    expect(pauses(9)).toEqual([null, null, 1, 2, 4, 8, 15, 15, 15]);
  });

  test("is jittered as tries are", () => {
    expect(pauses(3, 0).at(-1)).toBe(0.5);
    expect(pauses(7, 1).at(-1)).toBe(22.5);
  });

  test("opens at once where the receiver asks for time, and for as long", () => {
    expect(fail(closedCircuit, 5 * minuteMs)).toEqual({
      failures: 1,
      openUntilMs: nowMs + 5 * minuteMs,
      isDisabled: false,
    });
    const failing = { failures: 9, openUntilMs: null, isDisabled: false };
    expect(fail(failing, minuteMs).openUntilMs).toBe(nowMs + 15 * minuteMs);
  });
});
