import { describe, expect, test } from "@jest/globals";
import { appendSamples } from "../../../lib/segments/append.ts";
import { DamagedSegment } from "../../../lib/segments/damaged-segment.ts";
import { decodeSegment, decodeWithEnd } from "../../../lib/segments/decode.ts";
import { toSample } from "../../support/ledger/scaled.ts";
import { bytesOf } from "./hex.ts";

const sample = (timeMs: number, value: string) => toSample({ timeMs, value });

function damageOf(hex: string, count: number): DamagedSegment {
  try {
    decodeSegment(bytesOf(hex), count);
  } catch (error) {
    expect(error).toBeInstanceOf(DamagedSegment);
    return error as DamagedSegment;
  }
  throw new Error("It was decoded");
}

test("a segment gives back its samples", () => {
  expect(decodeSegment(bytesOf("01 03 04 05 09 5f 0000"), 4)).toEqual([
    sample(0, "0.05"),
    sample(1, "1"),
    sample(2, "1"),
    sample(3, "1"),
  ]);
});

test("a segment that was read can be appended to", () => {
  const samples = [sample(5, "1.5"), sample(10, "2"), sample(15, "2")];
  const first = appendSamples(null, samples.slice(0, 2));
  const read = decodeWithEnd(first.bytes, 2);
  expect(read).toEqual({ samples: samples.slice(0, 2), end: first.end });
  const second = appendSamples(read.end, samples.slice(2));
  expect(decodeSegment(Buffer.concat([first.bytes, second.bytes]), 3)).toEqual(samples);
});

describe("a DamagedSegment says at which byte and why:", () => {
  test.each<[string, string, number, number]>([
    ["the segment ends too early", "", 1, 0],
    ["the segment ends too early", "01", 1, 1],
    ["the segment ends too early", "01 80", 1, 2],
    ["the segment ends too early", "01 01", 1, 2],
    ["the segment ends too early", "01 01 80", 1, 3],
    ["the segment ends too early", "01 03", 1, 2],
    ["the segment ends too early", "01 03 04", 1, 3],
    ["the segment ends too early", "01 80 80 80 80 80 80 80 80", 1, 9],
    ["the segment ends too early", "01 00 08", 3, 3],
    ["the segment ends too early", "01 00 08", 1e15, 3],
    ["the segment goes on after 1 samples", "01 00 08", 1, 2],
    ["version 0 is not known", "00 00", 1, 0],
    ["version 2 is not known", "02 00", 1, 0],
    ["a segment cannot have 0 samples", "01", 0, 1],
    ["a segment cannot have -1 samples", "01 00", -1, 1],
    ["a segment cannot have 1.5 samples", "01 00 08", 1.5, 1],
    ["a segment cannot have NaN samples", "01 00", Number.NaN, 1],
    ["a sample is not later than the one before", "01 00 00", 2, 2],
    ["a sample is not later than the one before", "01 00 04", 2, 2],
    ["a sample is not later than the one before", "01 00 08 04", 3, 3],
    // ±(8.64e15 + 1) ms, of which the limits themselves are read below.
    ["a time is out of range", "01 88 80 80 b7 e1 88 e4 7a", 1, 1],
    ["a time is out of range", "01 84 80 80 b7 e1 88 e4 7a", 1, 1],
    ["a time is out of range", `01 ${"80 ".repeat(20)}01`, 1, 1],
    ["a value is out of range", "01 01 03 0a 04", 2, 4],
    ["a value is out of range", "01 02 01", 1, 2],
    ["a value is out of range", "01 01 80 80 9a a6 ea af e3 01", 1, 2],
    ["a change of the value is 0", "01 01 00", 1, 2],
    ["a change of the value is 0", "01 03 02 00", 1, 3],
    ["0 decimals cannot follow 0", "01 03 00 01", 1, 2],
    ["1 decimals cannot follow 2", "01 03 04 05 0b 02 01", 2, 5],
    ["2 decimals cannot follow 2", "01 03 04 05 0b 04 01", 2, 5],
    ["31 decimals cannot follow 0", "01 03 3e 01", 1, 2],
    ["127 decimals cannot follow 0", "01 03 ff 01", 1, 2],
    ["a value does not have 2 decimals", "01 03 04 32", 1, 2],
    ["an integer ends in an empty group", "01 80 00", 1, 2],
    ["an integer ends in an empty group", "01 01 81 00", 1, 3],
    ["an integer ends in an empty group", `01 01 ${"80 ".repeat(7)}00`, 1, 9],
    ["an integer ends in an empty group", `01 01 ${"80 ".repeat(21)}00`, 1, 23],
    ["an integer is longer than any value", `01 01 ${"80 ".repeat(22)}01`, 1, 23],
    ["an integer is longer than any value", `01 ${"ff ".repeat(30)}01`, 1, 22],
  ])("%s (%s, %p)", (reason, hex, count, at) => {
    const { name, message, at: place } = damageOf(hex, count);
    expect({ name, message, place }).toEqual({
      name: "DamagedSegment",
      message: `byte ${at}: ${reason}`,
      place: at,
    });
  });
});

test("the first and the last time are no damage", () => {
  expect(decodeSegment(bytesOf("01 80 80 80 b7 e1 88 e4 7a"), 1)).toEqual([sample(8.64e15, "0")]);
  expect(decodeSegment(bytesOf("01 fc ff ff b6 e1 88 e4 7a"), 1)).toEqual([sample(-8.64e15, "0")]);
});
