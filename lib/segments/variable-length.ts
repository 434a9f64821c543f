import { DamagedSegment } from "./damaged-segment.ts";

/** A place in bytes that moves on with everything that is read or written. */
export interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
}

/** Groups of seven bits that a number holds exactly. */
const NUMBER_GROUPS = 7;
const NUMBER_BITS = 7 * NUMBER_GROUPS;
const NUMBER_END = 2n ** BigInt(NUMBER_BITS);

/** Groups of the largest change of a value, 150 bits. A bound, or damaged bytes would take long to read. */
export const GROUPS_MAX = 22;

export function writeByte(cursor: Cursor, byte: number): void {
  cursor.bytes[cursor.at] = byte;
  cursor.at += 1;
}

/** Writes a whole number from 0 to 2^53 − 1: seven bits a byte, lowest first, the top bit says "more". */
export function writeNumber(cursor: Cursor, integer: number): void {
  let rest = integer;
  // Shifts are fast, but only know 32 bits.
  while (rest >= 0x8000_0000) {
    writeByte(cursor, (rest & 0x7f) | 0x80);
    rest = Math.floor(rest / 128);
  }
  while (rest >= 0x80) {
    writeByte(cursor, (rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  writeByte(cursor, rest);
}

/** The same for an integer of any size; the bytes of one that fits into a number are the same. */
export function writeInteger(cursor: Cursor, integer: bigint): void {
  let rest = integer;
  while (rest >= NUMBER_END) {
    let low = Number(BigInt.asUintN(NUMBER_BITS, rest));
    for (let group = 0; group < NUMBER_GROUPS; group += 1) {
      writeByte(cursor, (low & 0x7f) | 0x80);
      low = Math.floor(low / 128);
    }
    rest >>= BigInt(NUMBER_BITS);
  }
  writeNumber(cursor, Number(rest));
}

export function readByte(cursor: Cursor): number {
  const byte = cursor.bytes[cursor.at];
  if (byte === undefined) throw new DamagedSegment(cursor.at, "the segment ends too early");
  cursor.at += 1;
  return byte;
}

/** Reads what `writeNumber` or `writeInteger` has written; a bigint where a number might not hold it. */
export function readInteger(cursor: Cursor): number | bigint {
  let integer = 0;
  let factor = 1;
  for (let group = 0; group < NUMBER_GROUPS; group += 1) {
    const byte = readByte(cursor);
    if (byte < 0x80) {
      if (group > 0) refuseEmptyGroup(cursor, byte);
      return integer + byte * factor;
    }
    integer += (byte & 0x7f) * factor;
    factor *= 128;
  }
  return readHighGroups(cursor, BigInt(integer));
}

function readHighGroups(cursor: Cursor, lowGroups: bigint): bigint {
  let integer = lowGroups;
  for (let group = NUMBER_GROUPS; group < GROUPS_MAX; group += 1) {
    const byte = readByte(cursor);
    integer += BigInt(byte & 0x7f) << BigInt(7 * group);
    if (byte < 0x80) {
      refuseEmptyGroup(cursor, byte);
      return integer;
    }
  }
  throw new DamagedSegment(cursor.at - 1, "an integer is longer than any value");
}

/** Else the same integer could be written in many ways, and the same samples as different bytes. */
function refuseEmptyGroup(cursor: Cursor, lastByte: number): void {
  if (lastByte === 0) throw new DamagedSegment(cursor.at - 1, "an integer ends in an empty group");
}
