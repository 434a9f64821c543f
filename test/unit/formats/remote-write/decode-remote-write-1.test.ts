import { describe, expect, test } from "@jest/globals";
import { decodeRemoteWrite1 } from "../../../../lib/formats/remote-write/decode-remote-write-1.ts";
import {
  context,
  inflatedBytesMax,
  measurement,
  nowMs,
} from "../../../support/formats/decode-context.ts";
import { compressSnappy, encodeRemoteWrite1 } from "../../../support/formats/remote-write-body.ts";
import { field, float64, varint } from "./protobuf-field.ts";
import { name, project } from "./remote-write-series.ts";

describe("remote write 1.0", () => {
  const decode = (message: Uint8Array) =>
    decodeRemoteWrite1(compressSnappy(message), context, inflatedBytesMax);

  test("metadata is accepted and ignored", () => {
    const body = encodeRemoteWrite1([], 2);
    expect(decodeRemoteWrite1(body, context, inflatedBytesMax)).toMatchObject({
      faults: [],
      dropped: {},
    });
  });

  test("fields that are not known are skipped, samples may come before labels", () => {
    const label = (key: string, value: string) => field(1, field(1, key), field(2, value));
    const sample = field(2, [0x09], float64(12.5), [0x10], varint(nowMs), field(9, "new"));
    const series = field(
      1,
      sample,
      field(15, "new"),
      label(...(name as [string, string])),
      label("project_name", "credits"),
    );
    expect(
      decode(Buffer.concat([field(2000, "new"), series, [0x10, 0x01]].map(Buffer.from))),
    ).toMatchObject({
      measurements: [measurement()],
      faults: [],
    });
  });

  test("a value or a time that is not there is zero, not that of the sample before", () => {
    const whole = [...[0x09], ...float64(12.5), ...[0x10], ...varint(nowMs - 1)];
    const untimed = [0x09, ...float64(12.5)];
    const series = Buffer.concat([
      sampleOf(whole),
      field(2, [0x10, ...varint(nowMs)]),
      field(2, untimed),
    ]);
    expect(decode(field(1, series))).toMatchObject({
      measurements: [measurement({ timeMs: nowMs - 1 }), measurement({ value: "0" })],
      faults: [{ at: "timeseries 0 sample 2", code: "time-too-old" }],
    });
  });

  test.each([
    ["a message that ends early", field(1, "abc").subarray(0, 3)],
    ["a label beyond its series", field(1, [0x0a, 0x05, 0x0a])],
    ["a field number of zero", [0x00]],
    ["a wire type that does not exist", [0x0f]],
    ["a series that is a number", [0x08, 0x05]],
    ["a sample's value that is a varint", field(1, sampleOf([0x08, 0x05]))],
    ["a sample's time that is a text", field(1, sampleOf([0x12, 0x00]))],
    ["groups in groups without end", new Uint8Array(5_000).fill(0x1b)],
    ["a length of four gigabytes", [0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]],
    ["a request of version 2.0", field(5, "")],
  ])("%s refuses the whole body", (_, message) => {
    expect(() => decode(Uint8Array.from(message))).toThrow(
      expect.objectContaining({ code: "protobuf-invalid" }),
    );
  });
});

/** A series that is billed, with a sample of this content. */
function sampleOf(content: Iterable<number>): Uint8Array {
  const labels = [name, project].map(([key, value]) =>
    field(1, field(1, key as string), field(2, value as string)),
  );
  return Buffer.concat([...labels, field(2, content)]);
}
