import { MalformedBody } from "../decoded.ts";

/**
 * Snappy in block format, as remote write compresses its body. The declared length is checked before a byte
 * is inflated, and the body must inflate to exactly that length. snappyjs checks neither the end nor the sign of
 * a literal's length, so that a body of six bytes keeps it busy for ever.
 */
export function inflateSnappy(compressed: Uint8Array, bytesMax: number): Buffer {
  const preamble = readLength(compressed);
  if (preamble.length > bytesMax) {
    const detail = `send smaller requests: ${preamble.length} bytes uncompressed, at most ${bytesMax}`;
    throw new MalformedBody("body-too-large", detail);
  }
  // Not zeroed: it is returned only when every byte of it has been written.
  const inflated = Buffer.allocUnsafe(preamble.length);
  if (inflate(compressed, preamble.end, inflated) !== preamble.length) {
    throw new MalformedBody("compression-invalid", "send the body in Snappy block format");
  }
  return inflated;
}

/** The uncompressed length: a varint of at most 32 bits. */
function readLength(compressed: Uint8Array): { readonly length: number; readonly end: number } {
  let length = 0;
  for (let index = 0; index < 5; index += 1) {
    const byte = compressed[index] ?? 0x80;
    length += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80 && length < 2 ** 32) return { length, end: index + 1 };
  }
  throw new MalformedBody("compression-invalid", "send the body in Snappy block format");
}

/** Returns how many bytes were written, or -1 when an element of the input is wrong. */
function inflate(input: Uint8Array, start: number, output: Uint8Array): number {
  let read = start;
  let written = 0;
  while (read < input.length) {
    const tag = input[read] ?? 0;
    const kind = tag & 3;
    const width = kind === 0 ? literalLengthBytes(tag) : copyOffsetBytes(kind);
    const next = read + 1 + width;
    if (next > input.length) return -1;
    const operand = readLittleEndian(input, read + 1, width);
    read = next;
    if (kind === 0) {
      const length = (width === 0 ? tag >>> 2 : operand) + 1;
      if (length > input.length - read || length > output.length - written) return -1;
      copyLiteral(input, read, output, written, length);
      read += length;
      written += length;
    } else {
      const length = kind === 1 ? ((tag >>> 2) & 7) + 4 : (tag >>> 2) + 1;
      const offset = kind === 1 ? operand + ((tag >>> 5) << 8) : operand;
      if (offset === 0 || offset > written || length > output.length - written) return -1;
      copyBack(output, written, offset, length);
      written += length;
    }
  }
  return written;
}

/** A literal of up to 60 bytes has its length in the tag, a longer one in 1 to 4 bytes after it. */
const literalLengthBytes = (tag: number): number => Math.max(0, (tag >>> 2) - 59);

const copyOffsetBytes = (kind: number): number => (kind === 3 ? 4 : kind);

function readLittleEndian(input: Uint8Array, start: number, width: number): number {
  let value = 0;
  for (let index = width - 1; index >= 0; index -= 1) {
    value = value * 256 + (input[start + index] ?? 0);
  }
  return value;
}

function copyLiteral(
  input: Uint8Array,
  read: number,
  output: Uint8Array,
  written: number,
  length: number,
): void {
  // Measured: below some 40 bytes a loop is faster than the call.
  if (length > 40) {
    output.set(input.subarray(read, read + length), written);
    return;
  }
  for (let index = 0; index < length; index += 1) {
    output[written + index] = input[read + index] ?? 0;
  }
}

/** Byte by byte, since a copy may overlap what it writes: that is how a run is encoded. */
function copyBack(output: Uint8Array, written: number, offset: number, length: number): void {
  if (length > 40 && offset >= length) {
    output.copyWithin(written, written - offset, written - offset + length);
    return;
  }
  for (let index = written; index < written + length; index += 1) {
    output[index] = output[index - offset] ?? 0;
  }
}
