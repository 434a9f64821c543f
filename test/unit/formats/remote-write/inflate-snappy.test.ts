import { describe, expect, test } from "@jest/globals";
import { inflateSnappy } from "../../../../lib/formats/remote-write/inflate-snappy.ts";
import { compressSnappy } from "../../../support/formats/remote-write-body.ts";

const inflate = (...bytes: number[]) => inflateSnappy(Uint8Array.from(bytes), 1_000);
const text = (...bytes: number[]) => inflate(...bytes).toString();
const [a, b, c] = [0x61, 0x62, 0x63];

describe("every element of the block format", () => {
  test.each([
    ["nothing", "", [0]],
    ["a literal", "abc", [3, 2 << 2, a, b, c]],
    ["a literal with a length of 1 byte", "abc", [3, 60 << 2, 2, a, b, c]],
    ["a literal with a length of 2 bytes", "abc", [3, 61 << 2, 2, 0, a, b, c]],
    ["a literal with a length of 3 bytes", "abc", [3, 62 << 2, 2, 0, 0, a, b, c]],
    ["a literal with a length of 4 bytes", "abc", [3, 63 << 2, 2, 0, 0, 0, a, b, c]],
    ["a copy with an offset of 11 bits", "abcabca", [7, 2 << 2, a, b, c, 0x01, 3]],
    ["a copy with an offset of 2 bytes", "abcabc", [6, 2 << 2, a, b, c, (2 << 2) | 2, 3, 0]],
    ["a copy with an offset of 4 bytes", "abcabc", [6, 2 << 2, a, b, c, (2 << 2) | 3, 3, 0, 0, 0]],
    ["a copy that overlaps itself", "aaaaa", [5, 0, a, 0x01, 1]],
  ] as const)("%s", (_, expected, bytes) => {
    expect(text(...bytes)).toBe(expected);
  });

  test.each([1, 40, 41, 60, 61, 256, 257, 65_536, 65_537, 200_000])(
    "%d bytes that do not repeat come back as they were",
    (length) => {
      const bytes = Uint8Array.from(
        { length },
        (_, index) => (index * index * 31 + index * 7) % 251,
      );
      expect(inflateSnappy(compressSnappy(bytes), length)).toEqual(Buffer.from(bytes));
    },
  );
});

describe("a body that is not what it declares is refused", () => {
  test.each([
    ["no length", []],
    ["a length that does not end", [0x80, 0x80]],
    ["a length of more than 32 bits", [0xff, 0xff, 0xff, 0xff, 0x1f]],
    ["less than declared", [4, 2 << 2, a, b, c]],
    ["nothing though something is declared", [4]],
    ["a literal longer than declared", [2, 2 << 2, a, b, c]],
    ["a copy longer than declared", [4, 2 << 2, a, b, c, 0x01, 3]],
    ["a literal that ends early", [3, 2 << 2, a, b]],
    ["a literal whose length ends early", [3, 61 << 2, 2]],
    ["a copy whose offset ends early", [6, 2 << 2, a, b, c, (2 << 2) | 2, 3]],
    ["a copy from before the beginning", [7, 2 << 2, a, b, c, 0x01, 4]],
    ["a copy from where it writes", [7, 2 << 2, a, b, c, 0x01, 0]],
    ["a literal of four gigabytes", [3, 63 << 2, 0xff, 0xff, 0xff, 0xff, a, b, c]],
    [
      "a literal of negative length, a loop without end in snappyjs",
      [10, 0xfc, 0xfa, 0xff, 0xff, 0xff],
    ],
    ["the framed format", [0xff, 0x06, 0x00, 0x00, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59]],
  ])("%s", (_, bytes) => {
    expect(() => inflate(...bytes)).toThrow(
      expect.objectContaining({ code: "compression-invalid" }),
    );
  });

  test("a body that declares more than the limit is refused before anything is reserved", () => {
    expect(() => inflate(0xff, 0xff, 0xff, 0xff, 0x0f)).toThrow(
      expect.objectContaining({
        code: "body-too-large",
        message: "send smaller requests: 4294967295 bytes uncompressed, at most 1000",
      }),
    );
  });
});
