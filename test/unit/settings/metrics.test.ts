import { describe, expect, test } from "@jest/globals";
import { PRICE_SCALE, parseDecimal, VALUE_SCALE } from "../../../lib/billing/decimal.ts";
import {
  type MetricSettings,
  parseMetricSettings,
  readMetrics,
} from "../../../lib/settings/metrics.ts";

const price = (text: string) => parseDecimal(text, PRICE_SCALE);
const hour = 3_600_000;

test("a number is a price, exact to the digit that was written", () => {
  const metrics = parseMetricSettings(
    '{"project_vcpu_usage": 1, "project_mb_usage": 0.300000000001}',
  );
  expect(metrics.get("project_mb_usage")).toEqual({
    isPlainPrice: true,
    tariff: {
      kind: "counter",
      unit: "",
      periods: [
        {
          fromMs: Number.NEGATIVE_INFINITY,
          credits: price("0.300000000001"),
          dipWindowMs: hour,
          maxGapMs: hour / 4,
          maxRate: null,
        },
      ],
    },
  });
});

test("an object says the unit, the kind, the window, the gap, the rate, and prices with their dates", () => {
  const metrics =
    parseMetricSettings(`{"gpu_hours": {"unit": "GPU-h", "kind": "gauge", "dip_window": "forever",
    "max_gap": "90s", "max_rate": 2500.5, "prices": [{"credits": "4"}, {"from": "2026-01-01T00:00:00Z", "credits": 5.5}]}}`);
  const maxRate = parseDecimal("2500.5", VALUE_SCALE);
  expect(metrics.get("gpu_hours")).toEqual({
    isPlainPrice: false,
    tariff: {
      kind: "gauge",
      unit: "GPU-h",
      periods: [
        {
          fromMs: Number.NEGATIVE_INFINITY,
          credits: price("4"),
          dipWindowMs: Number.POSITIVE_INFINITY,
          maxGapMs: 90_000,
          maxRate,
        },
        {
          fromMs: Date.UTC(2026, 0, 1),
          credits: price("5.5"),
          dipWindowMs: Number.POSITIVE_INFINITY,
          maxGapMs: 90_000,
          maxRate,
        },
      ],
    },
  });
});

describe("a mistake names its place:", () => {
  test.each([
    ["{", "is not JSON"],
    ["[]", "must be an object"],
    ['{"a": -1}', "a.prices[0].credits"],
    ['{"a": 1e3}', "a.prices[0].credits"],
    ['{"a": null}', "a.prices[0].credits"],
    ['{"a": {"prices": []}}', "a.prices must be a list"],
    ['{"a": {"price": 1}}', 'a: unknown field "price"'],
    ['{"a": {"kind": "timer", "prices": [1]}}', "a.kind"],
    ['{"a": {"dip_window": "1 hour", "prices": [1]}}', "a.dip_window"],
    ['{"a": {"max_gap": "forever", "prices": [1]}}', "a.max_gap"],
    ['{"a": {"max_rate": 0, "prices": [1]}}', "a.max_rate must be units per hour"],
    ['{"a": {"max_rate": "fast", "prices": [1]}}', "a.max_rate must be units per hour"],
    ['{"a": {"max_rate": 1e15, "prices": [1]}}', "a.max_rate must be units per hour"],
    ['{"a": {"max_gap": "0s", "prices": [1]}}', "a.max_gap"],
    ['{"a": {"prices": [{"from": "yesterday", "credits": 1}]}}', "a.prices[0].from"],
    ['{"a": {"prices": [{"credits": 1}, {"credits": 2}]}}', "a.prices[1].from is missing"],
    [
      '{"a": {"prices": [{"from": "2026-02-01T00:00:00Z", "credits": 1}, {"from": "2026-01-01T00:00:00Z", "credits": 2}]}}',
      "a.prices[1].from must be later",
    ],
  ])("%s", (json, place) => {
    expect(() => parseMetricSettings(json)).toThrow(
      expect.objectContaining({
        errors: [expect.objectContaining({ message: expect.stringContaining(place) })],
      }),
    );
  });

  test("several mistakes are told at once", () => {
    expect(() => parseMetricSettings('{"a": -1, "b": 1, "c": {}}')).toThrow(
      expect.objectContaining({ errors: [expect.anything(), expect.anything()] }),
    );
  });
});

test("without a rate, and with none, nothing is held; what is billed by default has one", () => {
  const rateOf = (settings: MetricSettings, metric: string) =>
    settings.get(metric)?.tariff.periods.map(({ maxRate }) => maxRate);
  const none = parseMetricSettings('{"a": 1, "b": {"max_rate": "none", "prices": [1]}}');
  expect([rateOf(none, "a"), rateOf(none, "b")]).toEqual([[null], [null]]);
  const million = [parseDecimal("1000000", VALUE_SCALE)];
  const byDefault = readMetrics(() => undefined);
  expect(rateOf(byDefault, "project_vcpu_usage")).toEqual(million);
  expect(rateOf(byDefault, "project_mb_usage")).toEqual(million);
});
