import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseCredits } from "../../../lib/billing/credits.ts";
import { formatDecimal } from "../../../lib/billing/decimal.ts";
import {
  burnRates,
  burnWindows,
  forecastEnd,
  roundRate,
  type Usage,
  windowStartMs,
} from "../../../lib/billing/forecast.ts";
import { dayMs, hourMs } from "../../../lib/billing/time.ts";
import { propertyRuns } from "../../support/properties.ts";

// A full hour, so that the windows end with it: their last hour has just begun.
const nowMs = Date.UTC(2026, 10, 23, 12);
const credits = (text: string) => parseCredits(text);
const long = nowMs - 400 * dayMs;

const usage = (day: string, week: string, month: string, firstMs: number | null = long): Usage => ({
  credits: { day: credits(day), week: credits(week), month: credits(month) },
  firstMs,
});
const end = (of: Usage, remaining: string, at = nowMs) => {
  const found = forecastEnd(of, credits(remaining), at);
  const text = (ms: number | null | undefined) =>
    ms === null || ms === undefined ? null : new Date(ms).toISOString().slice(0, 16);
  return found && [text(found.earliestMs), text(found.expectedMs), text(found.latestMs)];
};

test("a stretch is so many hours, of which the last one is under way", () => {
  const at = nowMs + 59 * 60_000;
  expect(new Date(windowStartMs("day", at)).toISOString()).toBe("2026-11-22T13:00:00.000Z");
  expect(nowMs - windowStartMs("week", at)).toBe(167 * hourMs);
  expect(nowMs - windowStartMs("month", at)).toBe(719 * hourMs);
});

test("a rate is what was used by the time in which it was", () => {
  const halfPast = nowMs + 30 * 60_000;
  const rates = burnRates(usage("47", "335", "1439"), halfPast);
  expect(rates).toEqual({ day: credits("2"), week: credits("2"), month: credits("2") });
});

test("a young project had less time, but an hour at least", () => {
  const tenHours = burnRates(usage("20", "20", "20", nowMs - 10 * hourMs), nowMs);
  expect(tenHours).toEqual({ day: credits("2"), week: credits("2"), month: credits("2") });
  const tenMinutes = burnRates(usage("20", "20", "20", nowMs - 600_000), nowMs);
  expect(tenMinutes.day).toBe(credits("20"));
});

test("rates are shown with six decimals, half to even", () => {
  expect(formatDecimal(roundRate(credits("0.0000005")), 6)).toBe("0.0");
  expect(formatDecimal(roundRate(credits("1.2345675")), 6)).toBe("1.234568");
});

describe("the end of a budget", () => {
  test("is one instant where the project always used as much", () => {
    const steady = usage("23", "167", "719");
    expect(end(steady, "48")).toEqual(["2026-11-25T12:00", "2026-11-25T12:00", "2026-11-25T12:00"]);
  });

  test("lies between those of the highest and the lowest rate, and is expected at the week's", () => {
    const varying = usage("46", "167", "359.5");
    expect(end(varying, "48")).toEqual([
      "2026-11-24T12:00",
      "2026-11-25T12:00",
      "2026-11-27T12:00",
    ]);
  });

  test("is told at full hours: the range grows to them, never shrinks", () => {
    const steady = usage("23", "167", "719");
    expect(end(steady, "48.4")).toEqual([
      "2026-11-25T12:00",
      "2026-11-25T12:00",
      "2026-11-25T13:00",
    ]);
  });

  test("has no latest instant where the project stopped for a day", () => {
    const stopped = usage("0", "167", "719");
    expect(end(stopped, "48")).toEqual(["2026-11-25T12:00", "2026-11-25T12:00", null]);
  });

  test("is not expected where the last week has no usage", () => {
    expect(end(usage("0", "0", "719"), "48")).toEqual(["2026-11-25T12:00", null, null]);
  });

  test.each([
    ["usage is zero", usage("0", "0", "0"), "48"],
    ["the project was never measured", usage("0", "0", "0", null), "48"],
    ["nothing is left", usage("23", "167", "719"), "0"],
    ["more is used than granted", usage("23", "167", "719"), "-1"],
    ["it lies more than ten years ahead", usage("23", "167", "719"), "90000"],
  ])("is null where %s", (_what, of, remaining) => {
    expect(end(of, remaining)).toBeNull();
  });

  test("lies in order, never before this hour, and never later with less left", () => {
    const amount = fc.bigInt({ min: 0n, max: credits("1000000") });
    const any = fc.record({ day: amount, rest: amount, older: amount, remaining: amount });
    const instant = fc.nat(hourMs - 1);
    fc.assert(
      fc.property(any, fc.nat(400 * 24), instant, ({ day, rest, older, remaining }, hours, ms) => {
        const of: Usage = {
          credits: { day, week: day + rest, month: day + rest + older },
          firstMs: nowMs - hours * hourMs,
        };
        const found = forecastEnd(of, remaining, nowMs + ms);
        if (found === null) return;
        const ends = [found.earliestMs, found.expectedMs, found.latestMs].filter(
          (ms) => ms !== null,
        );
        expect(ends).toEqual([...ends].sort((a, b) => a - b));
        expect(found.earliestMs).toBeGreaterThanOrEqual(nowMs);
        const less = forecastEnd(of, remaining - remaining / 2n, nowMs + ms);
        expect(less?.earliestMs).toBeLessThanOrEqual(found.earliestMs);
      }),
      propertyRuns(300),
    );
  });

  test("is exact where a float64 would not be: a rate of 10^-40 per hour is still a rate", () => {
    const tiny = { credits: { day: 1n, week: 1n, month: 1n }, firstMs: long };
    const hours = burnWindows.day - 1;
    expect(forecastEnd(tiny, 100n, nowMs)?.earliestMs).toBe(nowMs + 100 * hours * hourMs);
  });
});
