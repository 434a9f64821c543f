import { describe, expect, test } from "@jest/globals";
import protobuf from "protobufjs";
import { checkHistogram } from "../../../../lib/formats/remote-write/check-histogram.ts";
import { readProtobuf } from "../../../../lib/formats/remote-write/protobuf-fields.ts";

const { root } = protobuf.parse(
  `syntax = "proto3";
  message Histogram {
    uint64 count_int = 1; double count_float = 2; double sum = 3; sint32 schema = 4;
    uint64 zero_count_int = 6; double zero_count_float = 7;
    repeated sint64 negative_deltas = 9; repeated double negative_counts = 10;
    repeated sint64 positive_deltas = 12; repeated double positive_counts = 13;
  }
  message Unpacked { uint64 count_int = 1; repeated sint64 positive_deltas = 12 [packed = false]; }`,
  { keepCase: true },
);

/** The fault that is found in a histogram, and where the reader stands afterwards. */
function check(histogram: object, type = "Histogram") {
  const message = root.lookupType(type).encode(histogram).finish();
  const field = Buffer.concat([protobuf.Writer.create().bytes(message).finish(), Buffer.from("x")]);
  return readProtobuf(field, (reader) => {
    const code = checkHistogram(reader)?.code;
    expect(reader.pos).toBe(field.length - 1);
    return code;
  });
}

describe("adds up:", () => {
  test.each<[string, object]>([
    ["nothing", {}],
    ["no buckets", { sum: 0, count_int: 0 }],
    ["buckets on both sides and around zero", full(27)],
    ["large buckets", { count_int: 3e15, positive_deltas: [1e15, 1e15] }],
    ["a sum that is not a number", { ...full(30), sum: Number.NaN }],
    ["floats", { count_float: 9, positive_counts: [1, 2], zero_count_float: 1 }],
    ["more than a number holds", { count_int: 2 ** 60, positive_deltas: [5] }],
  ])("%s", (_, histogram) => {
    expect(check(histogram)).toBeUndefined();
  });

  test("or cannot be told to: one field for each delta", () => {
    expect(check({ count_int: 9, positive_deltas: [1, 2] }, "Unpacked")).toBeUndefined();
  });
});

describe("does not add up:", () => {
  test.each([
    ["a count that is too large", full(28)],
    ["a count that is too small", full(26)],
    ["a count without a bucket", { count_int: 1, sum: 1 }],
    ["no count", full(0)],
    ["more than a count that holds what is no number", { ...full(26), sum: Number.NaN }],
  ])("%s", (_, histogram) => {
    expect(check(histogram)).toBe("histogram-invalid");
  });
});

test.each([
  ["itself", "05 08 01"],
  ["its buckets", "04 62 03 02 02"],
  ["a number", "02 08 80 01"],
])("a histogram that ends before %s is no message", (_, hex) => {
  const bytes = Buffer.from(hex.replaceAll(" ", ""), "hex");
  expect(() => readProtobuf(bytes, checkHistogram)).toThrow(
    expect.objectContaining({ code: "protobuf-invalid" }),
  );
});

/** 1, 3, 4, 7 and 8 above zero, 1 and 2 below, 1 around it. */
function full(count_int: number): object {
  return {
    count_int,
    sum: 1,
    zero_count_int: 1,
    positive_deltas: [1, 2, 1, 3, 1],
    negative_deltas: [1, 1],
  };
}
