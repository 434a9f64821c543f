import { describe, expect, test } from "@jest/globals";
import { decodeRemoteWrite2 } from "../../../../lib/formats/remote-write/decode-remote-write-2.ts";
import {
  context,
  encodeUtf8,
  inflatedBytesMax,
  measurement,
  nowMs,
} from "../../../support/formats/decode-context.ts";
import {
  compressSnappy,
  encodeRemoteWrite1,
  encodeRemoteWrite2,
} from "../../../support/formats/remote-write-body.ts";
import { field, float64, varint } from "./protobuf-field.ts";
import { counts, name, project, sound } from "./remote-write-series.ts";

describe("remote write 2.0", () => {
  const decode = (...parameters: Parameters<typeof encodeRemoteWrite2>) =>
    decodeRemoteWrite2(encodeRemoteWrite2(...parameters), context, inflatedBytesMax);

  test("references may be unpacked, and symbols may come after the series", () => {
    const sample = field(2, [0x09], float64(12.5), [0x10], varint(nowMs));
    const series = field(5, [0x08, 0x01, 0x08, 0x02], sample, [0x08, 0x03, 0x08, 0x04]);
    const symbols = ["", ...name, ...project].map((text) => field(4, text as string));
    const body = compressSnappy(Buffer.concat([series, ...symbols]));
    expect(decodeRemoteWrite2(body, context, inflatedBytesMax)).toMatchObject({
      measurements: [measurement()],
      faults: [],
    });
  });

  test.each([
    ["beyond the table", [1, 2, 3, 5], "symbol-invalid"],
    ["far beyond the table", [1, 2, 3, 0xffff_ffff], "symbol-invalid"],
    ["of a name beyond the table", [9, 2, 3, 4], "symbol-invalid"],
    ["in odd number", [1, 2, 3, 4, 1], "labels-invalid"],
    ["of which there are none", [], "labels-invalid"],
  ])("references %s are a fault", (_, refs, code) => {
    expect(
      decode([sound], {
        refs,
        symbols: ["", ...name, ...project].map((text) => encodeUtf8(text as string)),
      }),
    ).toMatchObject({
      measurements: [],
      faults: [{ at: "timeseries 0", code }],
      written: counts(0),
    });
  });

  test.each([
    ["no symbols", []],
    ["symbols that do not begin with the empty one", [encodeUtf8("__name__")]],
  ])("%s refuse the whole body", (_, symbols) => {
    expect(() => decode([sound], { symbols })).toThrow(
      expect.objectContaining({ code: "symbol-invalid" }),
    );
  });

  test("a reference that ends beyond its field refuses the whole body", () => {
    const body = compressSnappy(Buffer.concat([field(4, ""), field(5, field(1, [0x80]), [0x01])]));
    expect(() => decodeRemoteWrite2(body, context, inflatedBytesMax)).toThrow(
      expect.objectContaining({ code: "protobuf-invalid" }),
    );
  });

  test("a request of version 1.0 is refused, not read as an empty one", () => {
    expect(() =>
      decodeRemoteWrite2(encodeRemoteWrite1([sound]), context, inflatedBytesMax),
    ).toThrow(expect.objectContaining({ code: "protobuf-invalid" }));
  });
});
