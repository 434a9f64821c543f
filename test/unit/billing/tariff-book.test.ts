import { expect, test } from "@jest/globals";
import { type TariffRecord, tariffBook } from "../../../lib/billing/tariff-book.ts";

const record = (fromMs: number, credits: bigint, rerateId: number | null = null): TariffRecord => ({
  metric: "project_vcpu_usage",
  kind: "counter",
  unit: "vCPU-hours",
  period: { fromMs, credits, dipWindowMs: 0, maxGapMs: 1, maxRate: null },
  rerateId,
});
const prices = (records: TariffRecord[], ...rerateIds: number[]) =>
  tariffBook(records)("project_vcpu_usage", rerateIds)?.periods.map(({ fromMs, credits }) => [
    fromMs,
    credits,
  ]);

test("periods are in order of their start, whatever the order in which they were recorded", () => {
  const records = [record(5, 2n), record(Number.NEGATIVE_INFINITY, 1n), record(9, 3n)];
  expect(prices(records)).toEqual([
    [Number.NEGATIVE_INFINITY, 1n],
    [5, 2n],
    [9, 3n],
  ]);
});

test("of two records for one instant the later one counts", () => {
  expect(prices([record(0, 1n), record(5, 2n), record(0, 7n)])).toEqual([
    [0, 7n],
    [5, 2n],
  ]);
});

test("what a re-rating recorded counts for those that were re-rated by it, and for no others", () => {
  const records = [record(0, 1n), record(0, 7n, 1), record(0, 8n, 2), record(5, 2n)];
  expect(prices(records)).toEqual([
    [0, 1n],
    [5, 2n],
  ]);
  expect(prices(records, 1)).toEqual([
    [0, 7n],
    [5, 2n],
  ]);
  expect(prices(records, 1, 2)).toEqual([
    [0, 8n],
    [5, 2n],
  ]);
});

test("a metric without a record has no tariff", () => {
  expect(tariffBook([record(0, 1n)])("gpu_hours", [])).toBeUndefined();
});
