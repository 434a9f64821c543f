import { describe, expect, test } from "@jest/globals";
import { fold } from "../../../lib/billing/fold.ts";
import { difference } from "../../../lib/billing/hourly-costs.ts";
import {
  creditsByHour,
  creditsOf,
  measured,
  tariff,
  usageByHour,
  usageOf,
} from "./worked-example.ts";

describe("usage by the hour", () => {
  test.each<{ story: string; values: string[]; byHour: Record<string, string> }>`
    story                                     | values                                  | byHour
    ${"stays within its hour"}                | ${["09:00 0", "10:00 6"]}               | ${{ "09:00": "6.0" }}
    ${"begins with the hour that begins"}     | ${["10:00 0", "10:30 6"]}               | ${{ "10:00": "6.0" }}
    ${"is cut at the full hour, by time"}     | ${["09:45 0", "10:15 6"]}               | ${{ "09:00": "3.0", "10:00": "3.0" }}
    ${"is spread over a gap of hours"}        | ${["09:30 0", "12:00 5"]}               | ${{ "09:00": "1.0", "10:00": "2.0", "11:00": "2.0" }}
    ${"crosses midnight"}                     | ${["23:30 0", "24:30 2"]}               | ${{ "23:00": "1.0", "24:00": "1.0" }}
    ${"is rounded at the cut, and adds up"}   | ${["09:00 0", "12:00 1"]}               | ${{ "09:00": "0.333333333333", "10:00": "0.333333333334", "11:00": "0.333333333333" }}
    ${"rounds a tie at the cut down to even"} | ${["09:30 0", "10:30 0.000000000001"]}  | ${{ "10:00": "0.000000000001" }}
    ${"rounds a tie at the cut up to even"}   | ${["09:30 0", "10:30 0.000000000003"]}  | ${{ "09:00": "0.000000000002", "10:00": "0.000000000001" }}
    ${"is never above the whole at a cut"}    | ${["09:06 0", "10:06 0.0000000000009"]} | ${{ "09:00": "0.0000000000009" }}
  `("$story: $values", ({ values, byHour }) => {
    expect(usageByHour(fold(measured(...values), tariff()).hours)).toEqual(byHour);
  });
});

describe("credits", () => {
  test("are usage times price, not rounded", () => {
    const terms = tariff({ price: "0.000000000001" });
    const { hours } = fold(measured("09:00 0", "09:15 0.000000000000000000000000000001"), terms);
    expect(creditsOf(hours)).toBe("0.000000000000000000000000000000000000000001");
  });

  test("follow the price in force when the usage happened", () => {
    const terms = tariff({ price: { "09:00": "1", "09:30": "3" } });
    const { hours } = fold(measured("09:00 0", "10:00 8"), terms);
    expect(creditsByHour(hours)).toEqual({ "09:00": "16.0" });
    expect(usageByHour(hours)).toEqual({ "09:00": "8.0" });
  });

  test("are none before the first price, though usage is recorded", () => {
    const terms = tariff({ price: { "10:00": "2" } });
    const { hours } = fold(measured("09:00 0", "11:00 8"), terms);
    expect(usageByHour(hours)).toEqual({ "09:00": "4.0", "10:00": "4.0" });
    expect(creditsByHour(hours)).toEqual({ "09:00": "0.0", "10:00": "8.0" });
  });

  test("follow every price that an interval spans", () => {
    const terms = tariff({ price: { "09:00": "1", "09:15": "2", "09:30": "0", "10:30": "4" } });
    expect(creditsOf(fold(measured("09:00 0", "11:00 8"), terms).hours)).toBe("11.0");
  });
});

describe("the machines of the users' documentation, for one hour", () => {
  // name, vCPUs, GiB, weights of both, credits per hour at the prices 1 and 0.3.
  test.each([
    ["tiny", 1, 2, 1, 1, "1.0", "0.6"],
    ["large", 28, 64, 2, 2.5, "56.0", "48.0"],
  ])("%s", (_name, vcpus, gib, vcpuWeight, gibWeight, vcpuCredits, gibCredits) => {
    const vcpuHours = measured("09:00 1000", `10:00 ${1000 + vcpus * vcpuWeight}`);
    const gibHours = measured("09:00 2000", `10:00 ${2000 + gib * gibWeight}`);
    expect(creditsOf(fold(vcpuHours, tariff({ price: "1" })).hours)).toBe(vcpuCredits);
    expect(creditsOf(fold(gibHours, tariff({ price: "0.3" })).hours)).toBe(gibCredits);
  });
});

describe("the difference of two bills", () => {
  const bill = (...lines: string[]) => fold(measured(...lines), tariff()).hours;

  test("names only the hours that changed, with more, less and none", () => {
    const before = bill("09:00 0", "10:00 4", "11:00 5", "12:00 6");
    const after = bill("08:00 0", "09:00 1", "10:00 5", "11:00 5", "12:00 6");
    expect(usageByHour(difference(before, after))).toEqual({ "08:00": "1.0", "10:00": "-1.0" });
  });

  test("is nothing between equal ones", () => {
    const once = bill("09:00 0", "11:00 4");
    expect(difference(once, bill("09:00 0", "11:00 4")).size).toBe(0);
    expect(usageOf(difference(new Map(), once))).toBe("4.0");
    expect(usageOf(difference(once, new Map()))).toBe("-4.0");
  });
});
