import { describe, expect, test } from "@jest/globals";
import { fold, pendingCosts } from "../../../lib/billing/fold.ts";
import {
  at,
  every5Minutes,
  forever,
  hours,
  measured,
  minutes,
  tariff,
  usageByHour,
  usageOf,
} from "./worked-example.ts";

describe("measured every 5 minutes, a counter uses", () => {
  test.each<{ story: string; window: number; values: string; used: string }>`
    story                                                                          | window             | values                                   | used
    ${"nothing at its first measurement"}                                          | ${1 * hours}       | ${"100"}                                 | ${"0.0"}
    ${"what it rises by"}                                                          | ${1 * hours}       | ${"100, 110, 115.5"}                     | ${"15.5"}
    ${"nothing while it stands still"}                                             | ${1 * hours}       | ${"100, 100, 100"}                       | ${"0.0"}
    ${"a dip that recovers as if it had not been"}                                 | ${1 * hours}       | ${"100, 110, 40, 110, 120"}              | ${"20.0"}
    ${"the same with a window of 5 minutes"}                                       | ${5 * minutes}     | ${"100, 110, 40, 110, 120"}              | ${"20.0"}
    ${"all that follows a reset, without a window"}                                | ${0}               | ${"100, 110, 40, 110, 120"}              | ${"90.0"}
    ${"the same, the window ending too early"}                                     | ${5 * minutes - 1} | ${"100, 110, 40, 110, 120"}              | ${"90.0"}
    ${"only what exceeds the highest, for ever"}                                   | ${forever}         | ${"100, 110, 40, 110, 120"}              | ${"20.0"}
    ${"in a dip that recovers higher, the excess"}                                 | ${1 * hours}       | ${"100, 40, 130"}                        | ${"30.0"}
    ${"nothing inside of a dip"}                                                   | ${1 * hours}       | ${"100, 40, 60, 50, 100"}                | ${"0.0"}
    ${"nothing while a drop is open"}                                              | ${1 * hours}       | ${"100, 110, 40, 50, 60"}                | ${"10.0"}
    ${"after a reset what rises from the new start"}                               | ${10 * minutes}    | ${"100, 110, 0, 5, 10, 15"}              | ${"25.0"}
    ${"in a dip after a reset nothing"}                                            | ${10 * minutes}    | ${"100, 0, 5, 3, 5, 7"}                  | ${"7.0"}
    ${"after a drop in a drop what rises, nothing before the last one is decided"} | ${10 * minutes}    | ${"100, 50, 60, 20, 30, 40"}             | ${"10.0"}
    ${"after both resets what rises"}                                              | ${10 * minutes}    | ${"100, 50, 60, 20, 30, 40, 45"}         | ${"35.0"}
    ${"the smallest fraction that can be measured"}                                | ${1 * hours}       | ${"1, 1.000000000000000000000000000001"} | ${"0.000000000000000000000000000001"}
  `("$story: $values is $used", ({ window, values, used }) => {
    const { hours: costs } = fold(every5Minutes(values), tariff({ dipWindowMs: window }));
    expect(usageOf(costs)).toBe(used);
  });
});

test("the window counts from the first lower measurement, its end included", () => {
  const drop = ["09:00 100", "09:50 110", "10:00 40"];
  const terms = tariff({ dipWindowMs: 1 * hours });
  expect(usageOf(fold(measured(...drop, "11:00 110"), terms).hours)).toBe("10.0");
  expect(usageOf(fold(measured(...drop, "11:00:01 110"), terms).hours)).toBe("80.0");
});

test("the peak is the last measurement before the drop, however long it stood", () => {
  const { openDrop } = fold(measured("09:00 100", "09:05 100", "09:10 40"), tariff());
  expect(openDrop).toEqual({ peak: measured("09:05 100")[0], droppedAtMs: at("09:10") });
});

test("a drop stays open at the end of the window, and is a reset from the next measurement on", () => {
  const drop = ["09:00 100", "09:10 40", "10:00 45"];
  expect(fold(measured(...drop, "10:10 47"), tariff()).openDrop).not.toBeNull();
  expect(fold(measured(...drop, "10:10 47", "10:10:01 47"), tariff()).openDrop).toBeNull();
});

test("the window in force at the peak counts, not the one at the drop", () => {
  const [period] = tariff({ dipWindowMs: 1 * hours }).periods;
  if (period === undefined) throw new Error("A tariff has a period");
  const none = { ...period, fromMs: at("09:05"), dipWindowMs: 0 };
  const terms = { ...tariff(), periods: [period, none] };
  expect(usageOf(fold(every5Minutes("100, 40, 100"), terms).hours)).toBe("0.0");
  expect(usageOf(fold(every5Minutes("90, 100, 40, 100"), terms).hours)).toBe("70.0");
});

test("before the first period its window holds already", () => {
  const terms = tariff({ price: { "12:00": "1" }, dipWindowMs: 5 * minutes });
  expect(usageOf(fold(every5Minutes("100, 40, 100"), terms).hours)).toBe("0.0");
});

test("what a dip used is spread from its peak to its recovery", () => {
  const { hours: costs } = fold(measured("09:30 100", "09:45 40", "10:15 109"), tariff());
  expect(usageByHour(costs)).toEqual({ "09:00": "6.0", "10:00": "3.0" });
});

test("what an open drop holds back is pending, as if it were a reset", () => {
  const series = measured("09:00 100", "09:30 110", "09:45 40", "10:15 50");
  expect(usageByHour(fold(series, tariff()).hours)).toEqual({ "09:00": "10.0" });
  expect(usageByHour(pendingCosts(series, tariff()))).toEqual({ "09:00": "5.0", "10:00": "5.0" });
});

test("nothing is pending where no drop is open", () => {
  expect(pendingCosts(every5Minutes("100, 40, 110"), tariff()).size).toBe(0);
});

test("100,000 steps of 0.03 come to 3,000 exactly", () => {
  const series = Array.from({ length: 100_001 }, (_, step) => ({
    timeMs: at("00:00") + step * 15_000,
    value: BigInt(step * 3) * 10n ** 28n,
  }));
  expect(usageOf(fold(series, tariff()).hours)).toBe("3000.0");
});

test("two sites of one project are two counters: 8 credits, not 384", () => {
  // Both report under one project name, one after the other. Merged, each change of site would look
  // like a rise or a drop of 90.
  const bielefeld = measured("09:00 100", "09:15 102", "09:30 104");
  const giessen = measured("09:01 10", "09:16 12", "09:31 14");
  const bills = [bielefeld, giessen].map((series) => usageOf(fold(series, tariff()).hours));
  expect(bills).toEqual(["4.0", "4.0"]);
});
