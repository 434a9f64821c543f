import { describe, expect, test } from "@jest/globals";
import { PRICE_SCALE, parseDecimal } from "../../../lib/billing/decimal.ts";
import type { Tariff } from "../../../lib/billing/tariff.ts";
import { TariffRefused, tariffChanges } from "../../../lib/billing/tariff-changes.ts";
import { parseMetricSettings } from "../../../lib/settings/metrics.ts";

const now = Date.UTC(2026, 10, 23);
const always = Number.NEGATIVE_INFINITY;

/** `{"prices": …}` or a number, as in METRICS_TO_BILL. */
const wanted = (setting: unknown) => {
  const parsed = parseMetricSettings(JSON.stringify({ gpu: setting })).get("gpu");
  if (parsed === undefined) throw new Error("not parsed");
  return parsed;
};
const stored = (setting: unknown): Tariff => wanted(setting).tariff;
const changes = (before: Tariff | undefined, setting: unknown) =>
  tariffChanges("gpu", before, wanted(setting), now).map(({ fromMs, credits }) => [
    fromMs,
    credits,
  ]);
const credits = (text: string) => parseDecimal(text, PRICE_SCALE);
const dated = (...prices: [string | undefined, number][]) => ({
  prices: prices.map(([from, amount]) => ({
    ...(from ? { from: `${from}T00:00:00Z` } : {}),
    credits: amount,
  })),
});

test("without a stored tariff the configuration is taken as it is, past included", () => {
  expect(changes(undefined, dated([undefined, 4], ["2026-01-01", 5]))).toEqual([
    [always, credits("4")],
    [Date.UTC(2026, 0, 1), credits("5")],
  ]);
});

test("the same configuration again changes nothing", () => {
  for (const setting of [4, dated([undefined, 4], ["2026-01-01", 5], ["2027-01-01", 6])]) {
    expect(changes(stored(setting), setting)).toEqual([]);
  }
});

test("a changed number counts from now on", () => {
  expect(changes(stored(4), 5)).toEqual([[now, credits("5")]]);
});

test("a changed window counts from now on, at the same price", () => {
  const period = tariffChanges("gpu", stored(4), wanted({ dip_window: "2h", prices: [4] }), now);
  expect(period).toMatchObject([{ fromMs: now, credits: credits("4"), dipWindowMs: 7_200_000 }]);
});

describe("future prices", () => {
  const before = dated([undefined, 4], ["2027-01-01", 6]);

  test("can be added", () => {
    expect(changes(stored(4), before)).toEqual([[Date.UTC(2027, 0, 1), credits("6")]]);
  });

  test("can be changed", () => {
    expect(changes(stored(before), dated([undefined, 4], ["2027-01-01", 7]))).toEqual([
      [Date.UTC(2027, 0, 1), credits("7")],
    ]);
  });

  test("can be taken back: then the price before goes on", () => {
    expect(changes(stored(before), 4)).toEqual([[Date.UTC(2027, 0, 1), credits("4")]]);
  });
});

describe("is refused, because the past was billed by it:", () => {
  test.each([
    [
      "another price of the past",
      dated([undefined, 4], ["2026-01-01", 5]),
      dated([undefined, 3], ["2026-01-01", 5]),
    ],
    ["a new price in the past", 4, dated([undefined, 4], ["2026-01-01", 5])],
    [
      "a price of the past left out",
      dated([undefined, 4], ["2026-01-01", 5]),
      dated(["2026-01-01", 5]),
    ],
  ])("%s", (_what, before, after) => {
    expect(() => changes(stored(before), after)).toThrow(TariffRefused);
    expect(() => changes(stored(before), after)).toThrow("re-rate");
  });

  test("another kind", () => {
    expect(() => changes(stored(4), { kind: "gauge", prices: [4] })).toThrow("another name");
  });
});
