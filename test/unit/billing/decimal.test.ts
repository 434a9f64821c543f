import { describe, expect, test } from "@jest/globals";
import {
  divideHalfEven,
  formatDecimal,
  parseDecimal,
  roundHalfEvenToStep,
  VALUE_SCALE,
} from "../../../lib/billing/decimal.ts";

describe("a decimal", () => {
  test.each([
    ["8", "8.0"],
    ["8.0", "8.0"],
    ["8.10", "8.1"],
    ["0", "0.0"],
    ["-0", "0.0"],
    ["-0.5", "-0.5"],
    ["-12.25", "-12.25"],
    ["007.5", "7.5"],
    ["1000", "1000.0"],
    ["0.1", "0.1"],
    [
      "999999999999999.999999999999999999999999999999",
      "999999999999999.999999999999999999999999999999",
    ],
    ["0.000000000000000000000000000001", "0.000000000000000000000000000001"],
  ])("%s is kept exactly and written %s", (text, written) => {
    expect(formatDecimal(parseDecimal(text, VALUE_SCALE), VALUE_SCALE)).toBe(written);
  });

  test.each([
    "",
    "-",
    ".5",
    "5.",
    "1e3",
    "+1",
    " 1",
    "1\n",
    "1,5",
    "0x1",
    "1_0",
    "NaN",
    "Infinity",
    "--1",
    "1.2.3",
    "١",
  ])("%j is none, and the error names it", (text) => {
    expect(() => parseDecimal(text, VALUE_SCALE)).toThrow(RangeError);
    expect(() => parseDecimal(text, VALUE_SCALE)).toThrow(JSON.stringify(text));
  });

  test("with more decimals than can be kept is refused, not rounded", () => {
    expect(() => parseDecimal("0.123", 2)).toThrow('More than 2 decimals: "0.123"');
    expect(parseDecimal("0.12", 2)).toBe(12n);
  });

  test("that is very long is not repeated whole in the error", () => {
    expect(() => parseDecimal("x".repeat(10_000), VALUE_SCALE)).toThrow(/^.{1,150}$/);
  });

  test("can have no decimals at all", () => {
    expect(parseDecimal("15", 0)).toBe(15n);
    expect(formatDecimal(15n, 0)).toBe("15.0");
  });
});

describe("half-even", () => {
  test.each([
    [5n, 2n, 2n],
    [7n, 2n, 4n],
    [-5n, 2n, -2n],
    [-7n, 2n, -4n],
    [5n, -2n, -2n],
    [1n, 2n, 0n],
    [-1n, 2n, 0n],
    [3n, 2n, 2n],
    [10n, 4n, 2n],
    [11n, 4n, 3n],
    [9n, 4n, 2n],
    [6n, 3n, 2n],
    [0n, 3n, 0n],
  ])("%d / %d is %d", (numerator, denominator, quotient) => {
    expect(divideHalfEven(numerator, denominator)).toBe(quotient);
  });

  test.each([
    ["0.005", "0.01", "0.0"],
    ["0.015", "0.01", "0.02"],
    ["0.025", "0.01", "0.02"],
    ["0.0251", "0.01", "0.03"],
    ["9.6", "0.01", "9.6"],
    ["7.5", "5", "10.0"],
    ["2.5", "5", "0.0"],
    ["-0.015", "0.01", "-0.02"],
  ])("%s to steps of %s is %s", (value, step, rounded) => {
    const toStep = roundHalfEvenToStep(parseDecimal(value, 12), parseDecimal(step, 12));
    expect(formatDecimal(toStep, 12)).toBe(rounded);
  });
});
