import { describe, expect, test } from "@jest/globals";
import { claimSize, leaseMs } from "../../../../lib/usecases/notices/claim-policy.ts";
import {
  afterFailure,
  type Circuit,
  circuitAfter,
  closedCircuit,
  isClosed,
  nextTryMs,
  outcomeOfFailure,
  sendMsMax,
  triesMax,
} from "../../../../lib/usecases/notices/delivery-policy.ts";
import { DeliveryFailed } from "../../../../lib/usecases/notices/notice.ts";

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

test("of eight at once two are left to projects, and a receiver that failed gets one", () => {
  expect(claimSize(closedCircuit)).toEqual({ countMax: 8, operatorsMax: 6 });
  expect(claimSize({ ...closedCircuit, failures: 1 })).toEqual({ countMax: 1, operatorsMax: 1 });
});

const failure = (about: DeliveryFailed["about"], retryAfterMs?: number) =>
  new DeliveryFailed(about, "no", retryAfterMs === undefined ? {} : { retryAfterMs });

describe("a failed try", () => {
  const outcome = (error: DeliveryFailed, tried = 1) =>
    outcomeOfFailure(error, tried, nowMs, middle);
  const dueIn = (ms: number) => ({ state: "due", nextTryMs: nowMs + ms, error: "no" });
  const failed = { state: "failed", error: "no" };

  test.each(["notice", "receiver"] as const)("of a %s is made again, up to the last", (about) => {
    expect(outcome(failure(about))).toEqual(dueIn(minuteMs));
    expect(outcome(failure(about), triesMax - 1)).toEqual(dueIn(360 * minuteMs));
    expect(outcome(failure(about), triesMax)).toEqual(failed);
  });

  test("waits as long as the receiver asks, but no shorter than without", () => {
    expect(outcome(failure("notice", 5 * minuteMs))).toEqual(dueIn(5 * minuteMs));
    expect(outcome(failure("notice", 5 * minuteMs), 5)).toEqual(dueIn(16 * minuteMs));
  });

  test("at a receiver that is gone is the last", () => {
    expect(outcome(failure("gone", minuteMs))).toEqual(failed);
  });
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

  test("is closed until it opens, and again when the time is over, but never while disabled", () => {
    expect(isClosed(closedCircuit, nowMs)).toBe(true);
    const open = { failures: 3, openUntilMs: nowMs, isDisabled: false };
    expect([isClosed(open, nowMs - 1), isClosed(open, nowMs)]).toEqual([false, true]);
    expect(isClosed({ ...closedCircuit, isDisabled: true }, nowMs)).toBe(false);
  });

  const failing = { failures: 4, openUntilMs: nowMs, isDisabled: false };
  const circuitOf = (circuit: Circuit, ...results: (DeliveryFailed | undefined)[]) =>
    circuitAfter(circuit, results, nowMs, middle);

  test("counts one failure where nothing of all that was sent at once reached the receiver", () => {
    expect(circuitOf(closedCircuit, failure("receiver"), failure("receiver"))).toEqual({
      failures: 1,
      openUntilMs: null,
      isDisabled: false,
    });
    expect(circuitOf(failing, failure("receiver"))).toMatchObject({ failures: 5 });
  });

  test("opens for the longest time that was asked for", () => {
    const asked = [failure("receiver", minuteMs), failure("receiver", 9 * minuteMs)];
    expect(circuitOf(closedCircuit, ...asked)).toMatchObject({ openUntilMs: nowMs + 9 * minuteMs });
  });

  test.each([
    ["delivered", undefined],
    ["refused", failure("notice")],
  ])("forgets all failures where one notice of several is %s", (_how, result) => {
    expect(circuitOf(failing, failure("receiver"), result)).toEqual(closedCircuit);
    // The same object: there is nothing to keep.
    expect(circuitOf(closedCircuit, failure("receiver"), result)).toBe(closedCircuit);
  });

  test("is disabled where the receiver is gone, whatever else was delivered", () => {
    expect(circuitOf(failing, undefined, failure("gone"))).toEqual({
      ...failing,
      isDisabled: true,
    });
  });
});
