import { describe, expect, test } from "@jest/globals";
import {
  explainRfc3339,
  readInstant,
  readRfc3339,
  readUnixCount,
  readUnixSeconds,
} from "../../../lib/formats/read-time.ts";

describe("the query parameter `time`", () => {
  test.each([
    ["1795435200000", 1_795_435_200_000],
    ["-1", -1],
    ["2026-11-23T12:00:00Z", 1_795_435_200_000],
    ["", undefined],
    ["1795435200000.5", undefined],
    ["1e12", undefined],
    ["now", undefined],
    ["1795435200000000000", 1_795_435_200_000_000_000],
    ["9".repeat(20), undefined],
  ])("%j", (text, expected) => {
    expect(readInstant(text)).toBe(expected);
  });
});

describe("RFC 3339", () => {
  test.each([
    ["2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"],
    ["0026-01-01T00:00:00Z", "0026-01-01T00:00:00.000Z"],
    ["2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"],
    ["1969-12-31T23:59:59.9999Z", "1969-12-31T23:59:59.999Z"],
    ["2026-01-01T00:30:00+23:59", "2025-12-31T00:31:00.000Z"],
    ["2026-01-01T00:30:00-00:00", "2026-01-01T00:30:00.000Z"],
  ])("%s is %s", (text, expected) => {
    expect(new Date(readRfc3339(text) ?? Number.NaN).toISOString()).toBe(expected);
  });

  test.each([
    "2023-02-29T00:00:00Z",
    "2026-00-01T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-01-00T00:00:00Z",
    "2026-01-32T00:00:00Z",
    "2026-12-99T00:00:00Z",
    "2026-01-01T00:60:00Z",
    "2026-01-01T00:00:61Z",
    "2026-01-01T00:00:00+01:60",
    "2026-01-01T00:00:00.Z",
    "2026-01-01 00:00:00Z",
    "2026-01-01T00:00:00+0100",
    "26-01-01T00:00:00Z",
    "2026-01-01T00:00:00Z ",
  ])("%s is no time", (text) => {
    expect(readRfc3339(text)).toBeUndefined();
  });
});

test.each([
  ["0", 0],
  ["0.0009", 0],
  ["-0.0009", -1],
  ["-0.001", -1],
  ["-1.5", -1_500],
  ["15e-4", 1],
  ["1.5e3", 1_500_000],
  ["1795435200.123456789", 1_795_435_200_123],
  ["1_000", undefined],
  [".", undefined],
])("%s seconds are %s milliseconds", (text, expected) => {
  expect(readUnixSeconds(text)).toBe(expected);
});

test.each([
  ["0", 0],
  ["999999", 0],
  ["1000000", 1],
  ["-1", -1],
  ["-1000000", -1],
  ["-1000001", -2],
  ["9223372036854775807", 9_223_372_036_854],
  ["1.5", undefined],
  ["1e18", undefined],
  ["", undefined],
])("%s nanoseconds are %s milliseconds", (text, expected) => {
  expect(readUnixCount(text, "ns")).toBe(expected);
});

test.each([
  ["1795435200000999", "us", 1_795_435_200_000],
  ["-1", "us", -1],
  ["1795435200000", "ms", 1_795_435_200_000],
  ["-5", "ms", -5],
  ["1795435200", "s", 1_795_435_200_000],
  ["9223372036854775807", "s", 9.223372036854776e21],
  ["1.5", "s", undefined],
] as const)("%s %s are %s milliseconds", (text, unit, expected) => {
  expect(readUnixCount(text, unit)).toBe(expected);
});

describe("a text that is nearly RFC 3339 is refused for its cause", () => {
  test.each([
    ["2026-11-25T20:00Z", "the seconds are missing"],
    ["2026-11-25t20:00+01:00", "the seconds are missing"],
    ["2026-11-25T20:00", "the seconds are missing"],
    ["2026-11-25T20:00:00", "the offset from UTC is missing"],
    ["2026-11-25T20:00:00.123", "the offset from UTC is missing"],
    ["2026-11-25", "the time of day is missing"],
  ])("%s: %s", (text, cause) => {
    expect(readRfc3339(text)).toBeUndefined();
    expect(explainRfc3339(text)).toContain(cause);
  });

  test.each(["", "now", "2026-11-25T20:00:00 01:00", "25.11.2026"])(
    "%j is nowhere near",
    (text) => {
      expect(explainRfc3339(text)).toBeUndefined();
    },
  );
});
