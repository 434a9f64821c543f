import { describe, expect, test } from "@jest/globals";
import { fold } from "../../../lib/billing/fold.ts";
import {
  creditsOf,
  every5Minutes,
  forever,
  measured,
  minutes,
  tariff,
  usageByHour,
  usageOf,
} from "./worked-example.ts";

describe("a gauge", () => {
  test.each<{ story: string; gap: number; values: string[]; used: string }>`
    story                                           | gap             | values                                 | used
    ${"uses its value while it holds"}              | ${15 * minutes} | ${["09:00 4", "09:15 4"]}              | ${"1.0"}
    ${"changes its use with its value"}             | ${15 * minutes} | ${["09:00 4", "09:15 8", "09:30 8"]}   | ${"3.0"}
    ${"may fall without having been reset"}         | ${15 * minutes} | ${["09:00 8", "09:15 4", "09:30 0"]}   | ${"3.0"}
    ${"is unknown after its last measurement"}      | ${15 * minutes} | ${["09:00 4"]}                         | ${"0.0"}
    ${"speaks for the longest gap, not for more"}   | ${15 * minutes} | ${["09:00 4", "12:00 4"]}              | ${"1.0"}
    ${"speaks for any gap where there is no limit"} | ${forever}      | ${["09:00 4", "12:00 4"]}              | ${"12.0"}
    ${"is rounded to 12 decimals"}                  | ${15 * minutes} | ${["09:00 1", "09:00:01 1"]}           | ${"0.000277777778"}
    ${"rounds a tie to the even digit"}             | ${15 * minutes} | ${["09:00 0.000000000002", "09:15 0"]} | ${"0.0"}
    ${"rounds the next tie up, to the even digit"}  | ${15 * minutes} | ${["09:00 0.000000000006", "09:15 0"]} | ${"0.000000000002"}
  `("$story: $values is $used", ({ gap, values, used }) => {
    const { hours } = fold(measured(...values), tariff({ kind: "gauge", maxGapMs: gap }));
    expect(usageOf(hours)).toBe(used);
  });

  test("is spread over the hours that it was in use", () => {
    const series = measured("09:50 6", "10:05 6");
    expect(usageByHour(fold(series, tariff({ kind: "gauge" })).hours)).toEqual({
      "09:00": "1.0",
      "10:00": "0.5",
    });
  });

  test("has the gap that was in force when its value was measured", () => {
    const terms = tariff({ kind: "gauge", price: { "00:00": "1", "09:30": "1" } });
    const [before, after] = terms.periods;
    if (before === undefined || after === undefined) throw new Error("There are two periods");
    const changed = { ...terms, periods: [before, { ...after, maxGapMs: 30 * minutes }] };
    const series = measured("09:00 4", "10:00 4", "11:00 4");
    expect(usageOf(fold(series, changed).hours)).toBe("3.0");
  });
});

describe("a delta", () => {
  const delta = tariff({ kind: "delta" });

  test("is usage by itself, the first one too", () => {
    expect(usageOf(fold(every5Minutes("3, 1, 0, 2"), delta).hours)).toBe("6.0");
  });

  test("belongs at a full hour to the hour that begins", () => {
    expect(usageByHour(fold(measured("09:59:59 1", "10:00 2"), delta).hours)).toEqual({
      "09:00": "1.0",
      "10:00": "2.0",
    });
  });

  test("costs what is in force at its time, the first instant of a price included", () => {
    const terms = tariff({ kind: "delta", price: { "09:00": "1", "10:00": "10" } });
    const series = measured("08:59:59 5", "09:00 1", "09:59:59 1", "10:00 1");
    expect(creditsOf(fold(series, terms).hours)).toBe("12.0");
    expect(usageOf(fold(series, terms).hours)).toBe("8.0");
  });

  test("at the retention floor was billed before", () => {
    expect(usageOf(fold(every5Minutes("3, 1, 2"), delta, { firstIsFloor: true }).hours)).toBe(
      "3.0",
    );
  });
});
