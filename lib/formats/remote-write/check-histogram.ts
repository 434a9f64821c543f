import type { Refusal } from "../refusals.ts";
import { type Reader, readEnd, readInt64, tagOf } from "./protobuf-fields.ts";

const countTag = tagOf(1, "varint");
/** Only histograms of floats have it; their buckets are other fields and add up only roughly. */
const floatCountTag = tagOf(2, "fixed64");
const sumTag = tagOf(3, "fixed64");
const zeroCountTag = tagOf(6, "varint");
const negativeDeltasTag = tagOf(9, "bytes");
const positiveDeltasTag = tagOf(12, "bytes");
/** One delta in each field, which protobuf permits and nobody sends. */
const unpackedTags: readonly number[] = [tagOf(9, "varint"), tagOf(12, "varint")];

const countWrong: Refusal = {
  code: "histogram-invalid",
  detail: "send a count that is the sum of the histogram's buckets",
};

/**
 * Reads a `Histogram` message, the same in both versions, as far as the specification's own tests look into
 * it: its buckets must add up to its count, which counts also what is NaN and in no bucket. Nothing of a
 * histogram is ever billed or stored.
 */
export function checkHistogram(reader: Reader): Refusal | undefined {
  const end = readEnd(reader);
  let count = 0;
  let sum = 0;
  let bucketed = 0;
  while (reader.pos < end) {
    const tag = reader.tag();
    switch (tag) {
      case countTag:
        count = readInt64(reader);
        break;
      case sumTag:
        sum = reader.double();
        break;
      case zeroCountTag:
        bucketed += readInt64(reader);
        break;
      case negativeDeltasTag:
      case positiveDeltasTag:
        bucketed += sumBuckets(reader);
        break;
      default:
        if (tag === floatCountTag || unpackedTags.includes(tag)) count = Number.NaN;
        reader.skipType(tag & 7, 0, tag >>> 3);
    }
  }
  if (reader.pos !== end) throw new RangeError("a histogram ends beyond its field");
  const addsUp = Number.isNaN(sum) ? bucketed <= count : bucketed === count;
  // Larger counts, and those that are not numbers, cannot be compared.
  const isCounted = Number.isSafeInteger(count + bucketed);
  return isCounted && !addsUp ? countWrong : undefined;
}

/** Each bucket is written as its difference from the one before. */
function sumBuckets(reader: Reader): number {
  const end = readEnd(reader);
  let bucket = 0;
  let sum = 0;
  while (reader.pos < end) {
    const zigzag = readInt64(reader);
    bucket += zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
    sum += bucket;
  }
  if (reader.pos !== end) throw new RangeError("a bucket ends beyond its field");
  return sum;
}
