import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { appendSamples } from "../../../lib/segments/append.ts";
import { decodeWithEnd } from "../../../lib/segments/decode.ts";
import { BEFORE_FIRST, VALUE_END } from "../../../lib/segments/segment-format.ts";
import { toSample } from "../../support/ledger/scaled.ts";
import { hexOf } from "./hex.ts";

type Written = readonly [timeMs: number, value: string];

const samplesOf = (...written: readonly Written[]) =>
  written.map(([timeMs, value]) => toSample({ timeMs, value }));

const largest = "999999999999999.999999999999999999999999999999";

describe("one sample after another, byte by byte", () => {
  test.each<[string, readonly Written[], string]>([
    ["a sample of nothing at time 0 is the version and a byte", [[0, "0"]], "01 00"],
    ["the first time is signed", [[-1, "0"]], "01 04"],
    ["a first value grows from 0", [[0, "1"]], "01 01 01"],
    ["a first value with decimals says how many", [[0, "0.05"]], "01 03 04 05"],
    ["idle zeros are no decimals", [[0, "5.000"]], "01 01 05"],
    [
      "the second sample brings the step",
      [
        [0, "0"],
        [1, "0"],
      ],
      "01 00 08",
    ],
    [
      "a repeated step and value are one byte",
      [
        [0, "0"],
        [1, "0"],
        [2, "0"],
      ],
      "01 00 08 00",
    ],
    [
      "a step may grow by 15 ms in one byte",
      [
        [0, "0"],
        [20, "0"],
        [55, "0"],
      ],
      "01 00 a0 01 78",
    ],
    [
      "a step may shrink by 16 ms in one byte",
      [
        [0, "0"],
        [20, "0"],
        [24, "0"],
      ],
      "01 00 a0 01 7c",
    ],
    [
      "a step that grows by 16 ms takes two",
      [
        [0, "0"],
        [20, "0"],
        [56, "0"],
      ],
      "01 00 a0 01 80 01",
    ],
    [
      "a value falls",
      [
        [0, "3"],
        [1, "1"],
      ],
      "01 01 03 0a 02",
    ],
    ["127 units are one byte", [[0, "127"]], "01 01 7f"],
    ["128 units are two", [[0, "128"]], "01 01 80 01"],
    [
      "a value with fewer decimals keeps the unit",
      [
        [0, "0.05"],
        [1, "1"],
      ],
      "01 03 04 05 09 5f",
    ],
    [
      "a value that falls may need decimals",
      [
        [0, "1"],
        [1, "0.5"],
      ],
      "01 01 01 0b 03 05",
    ],
    ["decimals rise to 30", [[0, `0.${"0".repeat(29)}1`]], "01 03 3c 01"],
    ["2^31 units", [[0, "2147483648"]], "01 01 80 80 80 80 08"],
    ["2^49 units", [[0, "562949953421312"]], "01 01 80 80 80 80 80 80 80 01"],
    ["2^53 units", [[0, "9007199254740.992"]], "01 03 06 80 80 80 80 80 80 80 10"],
    [
      "the largest value",
      [[0, largest]],
      "01 03 3c ff ff ff ff ff ff a7 91 8b c0 a2 bb af 9c cf dc 86 c1 bf bb cd 05",
    ],
  ])("%s", (_, written, hex) => {
    expect(hexOf(appendSamples(null, samplesOf(...written)).bytes)).toBe(hex);
  });
});

test("the example of the README is what the code writes", () => {
  const readme = readFileSync(join(import.meta.dirname, "../../../lib/segments/README.md"), "utf8");
  const rows = [...readme.matchAll(/^\| ((?:[0-9a-f]{2} )+) *\| (2\S+) \| (\S+) +\|/gm)].map(
    ([, bytes = "", time = "", value = ""]) => ({ bytes: bytes.trim(), time, value }),
  );
  expect(rows).toHaveLength(7);
  let end = null;
  for (const { bytes, time, value } of rows) {
    const appended = appendSamples(end, samplesOf([Date.parse(time), value]));
    expect({ time, bytes: hexOf(appended.bytes) }).toEqual({ time, bytes });
    end = appended.end;
  }
});

describe("the end", () => {
  test("of a first sample has no step yet", () => {
    const samples = samplesOf([1_764_115_200_000, "1234.5"]);
    expect(appendSamples(null, samples).end).toEqual({
      ...samples[0],
      stepMs: 0,
      decimals: 1,
      count: 1,
    });
  });

  test("has the last sample, its step, the most decimals so far and the count", () => {
    const samples = samplesOf([10, "0.25"], [25, "3"], [32, "2.5"]);
    const { end } = appendSamples(null, samples);
    expect(end).toEqual({ ...samples[2], stepMs: 7, decimals: 2, count: 3 });
  });

  test("of a segment of any length goes on where it stopped", () => {
    const first = appendSamples(null, samplesOf([10, "1"], [25, "1"]));
    const second = appendSamples(first.end, samplesOf([40, "1"]));
    expect(hexOf(second.bytes)).toBe("00");
    expect(second.end).toEqual({ ...first.end, timeMs: 40, count: 3 });
  });
});

describe("far-off times are exact, though steps of them are no safe integers", () => {
  test.each([
    ["from one end of time to the other", [-8.64e15, 8.64e15 - 1, 8.64e15]],
    ["a short step after a very long one", [-8.64e15, 1e15 + 1, 1e15 + 2, 1e15 + 3]],
    ["a long step after a short one", [-8.64e15, -8.64e15 + 1, 7e15 + 3, 7e15 + 4]],
    ["an odd step beyond 2^53", [-8.64e15, 8.64e15 - 3, 8.64e15 - 2]],
    ["an odd step beyond 2^53 after one almost as long", [-8.64e15, -4.4e14 + 1, 8.64e15]],
    ["after steps of 2^53 − 1", [-8.64e15, -8.64e15 + Number.MAX_SAFE_INTEGER, 8.64e15]],
  ])("%s", (_, timesMs) => {
    const samples = samplesOf(...timesMs.map((timeMs): Written => [timeMs, "1"]));
    const { bytes, end } = appendSamples(null, samples);
    expect(decodeWithEnd(bytes, timesMs.length)).toEqual({ samples, end });
  });

  test("and a step counts as 2^53 − 1 at most", () => {
    const { end } = appendSamples(null, samplesOf([-8.64e15, "1"], [8.64e15, "1"]));
    expect(end.stepMs).toBe(Number.MAX_SAFE_INTEGER);
    expect(hexOf(appendSamples({ ...end, timeMs: 0 }, samplesOf([1, "1"])).bytes)).toBe(
      "ec ff ff ff ff ff ff 7f",
    );
  });
});

describe("a RangeError", () => {
  const { end } = appendSamples(null, samplesOf([10, "1"]));

  test.each([
    ["no samples", null, []],
    ["the same time again", end, samplesOf([10, "1"])],
    ["an earlier time", end, samplesOf([9, "1"])],
    ["times that do not ascend", null, samplesOf([10, "1"], [10, "2"])],
    ["a time after the end of time", null, samplesOf([8.64e15 + 1, "1"])],
    ["a time before its beginning", null, samplesOf([-8.64e15 - 1, "1"])],
    ["half a millisecond", null, samplesOf([0.5, "1"])],
    ["no number", null, samplesOf([Number.NaN, "1"])],
    ["a negative value", null, [{ timeMs: 0, value: -1n }]],
    ["a value of 1e15", null, [{ timeMs: 0, value: VALUE_END }]],
  ])("for %s", (_, before, samples) => {
    expect(() => appendSamples(before, samples)).toThrow(RangeError);
  });

  test("does not come for the least and the largest that is allowed", () => {
    expect(appendSamples(null, samplesOf([-8.64e15, "0"], [8.64e15, largest])).end.count).toBe(2);
    expect(BEFORE_FIRST.count).toBe(0);
  });
});
