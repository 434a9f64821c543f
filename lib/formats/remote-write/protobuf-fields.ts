import protobuf from "protobufjs/minimal.js";
import { MalformedBody } from "../decoded.ts";

/**
 * Messages are read field by field with protobufjs' reader: its reflection would build an object for every
 * label, which is most of a request and none of what is billed, and its code generation needs `eval`.
 */
export type Reader = protobuf.Reader;

export const wireType = { varint: 0, fixed64: 1, bytes: 2 } as const;

/** A field's tag on the wire: its number and its wire type. */
export const tagOf = (fieldNumber: number, type: keyof typeof wireType): number =>
  fieldNumber * 8 + wireType[type];

export function readProtobuf<Result>(bytes: Uint8Array, read: (reader: Reader) => Result): Result {
  try {
    return read(new protobuf.Reader(bytes));
  } catch (cause) {
    // The reader throws these two at a wrong body. Any other error is a fault of ours and no 400.
    if (!(cause instanceof Error) || !["Error", "RangeError"].includes(cause.name)) throw cause;
    const detail = `send the declared message: ${cause.message}`;
    throw new MalformedBody("protobuf-invalid", detail, { cause });
  }
}

/** Reads the length of a nested message, string or packed field, and returns where it ends. */
export function readEnd(reader: Reader): number {
  const length = reader.size();
  const end = reader.pos + length;
  if (end > reader.len) throw new RangeError(`a field of ${length} bytes ends beyond its message`);
  return end;
}

/**
 * Skips a field that is not known. One that is known, but of another wire type than declared, is no
 * forward compatibility: its message would be read as if it held zeros.
 */
export function skipUnknown(reader: Reader, tag: number, knownFields: readonly number[]): void {
  const fieldNumber = tag >>> 3;
  if (knownFields.includes(fieldNumber)) {
    throw new RangeError(`field ${fieldNumber} has the wrong wire type`);
  }
  reader.skipType(tag & 7, 0, fieldNumber);
}

/** A 64-bit integer as a number: exact for every time of the next 17,000 years, and without an object for it. */
export function readInt64(reader: Reader): number {
  const start = reader.pos;
  let value = 0;
  let factor = 1;
  // Seven bytes hold 49 bits; what is longer is no time but must be read to its end and to its sign.
  for (let index = start; index < start + 7 && index < reader.len; index += 1) {
    const byte = reader.buf[index] ?? 0;
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) {
      reader.pos = index + 1;
      return value;
    }
    factor *= 128;
  }
  return Number(String(reader.int64()));
}
