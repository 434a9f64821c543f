import { afterEach, expect, jest, test } from "@jest/globals";
import { hourMs } from "../../lib/billing/time.ts";
import { steadyClock, stopWithTimeLeft } from "../../lib/schedule.ts";

const [wallMs, elapsedMs] = [Date.now(), 1_000];
const at = (wall: number, elapsed: number) => {
  jest.spyOn(Date, "now").mockReturnValue(wallMs + wall);
  jest.spyOn(performance, "now").mockReturnValue(elapsedMs + elapsed);
};
afterEach(() => {
  jest.restoreAllMocks();
});

test.each([-hourMs, 0, hourMs])(
  "a run ends in time, though the wall clock is set by %d ms meanwhile",
  (set) => {
    at(0, 0);
    // Lambda takes its deadline and subtracts the wall clock.
    const context = { getRemainingTimeInMillis: () => wallMs + 60_000 - Date.now() };
    const shouldStop = stopWithTimeLeft(context, 10_000);
    at(set + 50_000, 50_000);
    expect(shouldStop()).toBe(false);
    at(set + 50_001, 50_001);
    expect(shouldStop()).toBe(true);
  },
);

test("where there is less time than is spared, nothing is begun", () => {
  expect(stopWithTimeLeft({ getRemainingTimeInMillis: () => 5 }, 10)()).toBe(true);
});

test("a run's clock begins at the wall clock's time, and goes on whatever that is set to", () => {
  at(0, 0);
  const nowMs = steadyClock();
  expect(Math.abs(nowMs() - wallMs)).toBeLessThanOrEqual(1);
  at(-hourMs, 2_000);
  expect(Math.abs(nowMs() - (wallMs + 2_000))).toBeLessThanOrEqual(1);
});
