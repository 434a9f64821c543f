import { type Reader, readInt64, skipUnknown, tagOf } from "./protobuf-fields.ts";

/** Filled anew for each sample: a request has thousands, and most only pass through. */
export interface FloatSample {
  value: number;
  timeMs: number;
  /** NaN of the one bit pattern that says: this series has ended. */
  stale: boolean;
}

const valueTag = tagOf(1, "fixed64");
const timestampTag = tagOf(2, "varint");

/** The bytes of the stale marker 0x7ff0000000000002 on the wire: a NaN keeps no bits as a number. */
const staleMarker: readonly number[] = [0x02, 0, 0, 0, 0, 0, 0xf0, 0x7f];

/**
 * Reads a `Sample` message that was passed over before. A field that is not there is zero, as proto3 has it;
 * version 2.0 adds a start timestamp, which no rule needs.
 */
export function readSample(reader: Reader, start: number, end: number, sample: FloatSample): void {
  const outerPosition = reader.pos;
  const outerEnd = reader.len;
  reader.pos = start;
  reader.len = end;
  sample.value = 0;
  sample.timeMs = 0;
  sample.stale = false;
  while (reader.pos < end) {
    const tag = reader.tag();
    switch (tag) {
      case valueTag:
        sample.value = reader.double();
        sample.stale = Number.isNaN(sample.value) && isStaleMarker(reader.buf, reader.pos - 8);
        break;
      case timestampTag:
        sample.timeMs = readInt64(reader);
        break;
      default:
        skipUnknown(reader, tag, [1, 2]);
    }
  }
  reader.pos = outerPosition;
  reader.len = outerEnd;
}

const isStaleMarker = (bytes: Uint8Array, start: number): boolean =>
  staleMarker.every((byte, index) => bytes[start + index] === byte);
