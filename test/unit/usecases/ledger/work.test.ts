import { expect, test } from "@jest/globals";
import { dayMs, hourMs } from "../../../../lib/billing/time.ts";
import { sliceWorkMax, workOf } from "../../../../lib/usecases/ledger/work.ts";

const nowMs = Date.UTC(2026, 10, 26, 9);
const samplesAt = (...timesMs: readonly number[]) =>
  timesMs.map((timeMs) => ({ timeMs, value: 1n }));

test("a sample that continues its series is one", () => {
  expect(workOf(samplesAt(nowMs), nowMs - 15_000)).toBe(1);
  expect(workOf(samplesAt(nowMs), nowMs - 23 * hourMs)).toBe(1);
});

test("the first sample of a series is one: nothing lies before it", () => {
  expect(workOf(samplesAt(nowMs), null)).toBe(1);
});

test("each day of a gap counts, whether it lies before the samples or between them, in any order", () => {
  expect(workOf(samplesAt(nowMs), nowMs - 30 * dayMs)).toBe(301);
  expect(workOf(samplesAt(nowMs, nowMs - 29 * dayMs), null)).toBe(292);
  expect(workOf(samplesAt(nowMs - dayMs, nowMs), nowMs - 2 * dayMs)).toBe(22);
});

test("a late sample counts up to the last one, which its booking may reach", () => {
  expect(workOf(samplesAt(nowMs - 3 * dayMs), nowMs)).toBe(31);
});

test("a full batch of a scrape is one slice", () => {
  expect(10 * 2_000 * workOf(samplesAt(nowMs), nowMs - 60_000)).toBeLessThanOrEqual(sliceWorkMax);
});
