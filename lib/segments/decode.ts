import { VALUE_SCALE } from "../billing/decimal.ts";
import type { Sample } from "../billing/sample.ts";
import { DamagedSegment } from "./damaged-segment.ts";
import {
  BEFORE_FIRST,
  FORMAT_VERSION,
  type MovingEnd,
  moveBehind,
  type SegmentEnd,
  TIME_MS_MAX,
  unitOf,
  VALUE_END,
  valueKind,
} from "./segment-format.ts";
import { type Cursor, readByte, readInteger } from "./variable-length.ts";

export interface DecodedSegment {
  readonly samples: Sample[];
  /** For going on with `appendSamples`. */
  readonly end: SegmentEnd;
}

/**
 * All samples of a segment, of which `count` says how many they are. A DamagedSegment for everything
 * that `appendSamples` cannot have written: what decodes packs to the same bytes again.
 */
export function decodeSegment(bytes: Uint8Array, count: number): Sample[] {
  return decodeWithEnd(bytes, count).samples;
}

/** The same, with the end of the segment. */
export function decodeWithEnd(bytes: Uint8Array, count: number): DecodedSegment {
  const cursor = { bytes, at: 0 };
  const version = readByte(cursor);
  if (version !== FORMAT_VERSION) throw new DamagedSegment(0, `version ${version} is not known`);
  if (!Number.isInteger(count) || count < 1)
    throw new DamagedSegment(1, `a segment cannot have ${count} samples`);
  const samples: Sample[] = [];
  const end: MovingEnd = { ...BEFORE_FIRST };
  while (end.count < count) {
    readSample(cursor, end);
    samples.push({ timeMs: end.timeMs, value: end.value });
  }
  if (cursor.at < bytes.length)
    throw new DamagedSegment(cursor.at, `the segment goes on after ${count} samples`);
  return { samples, end };
}

function readSample(cursor: Cursor, end: MovingEnd): void {
  const start = cursor.at;
  const control = readInteger(cursor);
  const timeMs = timeOf(control, end);
  if (Math.abs(timeMs) > TIME_MS_MAX) throw new DamagedSegment(start, "a time is out of range");
  if (end.count > 0 && timeMs <= end.timeMs)
    throw new DamagedSegment(start, "a sample is not later than the one before");
  const kind = typeof control === "number" ? control % 4 : Number(control % 4n);
  switch (kind) {
    case valueKind.same:
      moveBehind(end, timeMs, end.value, end.decimals);
      return;
    case valueKind.finer: {
      const { decimals, value } = readFinerValue(cursor, end);
      moveBehind(end, timeMs, value, decimals);
      return;
    }
    default: {
      const value = readValue(cursor, end, end.decimals, kind === valueKind.fell);
      moveBehind(end, timeMs, value, end.decimals);
    }
  }
}

function timeOf(control: number | bigint, { timeMs, stepMs }: SegmentEnd): number {
  if (typeof control === "number") {
    const zigzag = Math.floor(control / 4);
    const changeMs = zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
    return timeMs + stepMs + changeMs;
  }
  const zigzag = control / 4n;
  const changeMs = zigzag % 2n === 0n ? zigzag / 2n : -(zigzag + 1n) / 2n;
  return Number(BigInt(timeMs) + BigInt(stepMs) + changeMs);
}

function readFinerValue(cursor: Cursor, end: SegmentEnd): { decimals: number; value: bigint } {
  const start = cursor.at;
  const byte = readByte(cursor);
  const decimals = byte >>> 1;
  if (decimals <= end.decimals || decimals > VALUE_SCALE)
    throw new DamagedSegment(start, `${decimals} decimals cannot follow ${end.decimals}`);
  const value = readValue(cursor, end, decimals, byte % 2 === 1);
  if (value % unitOf(decimals - 1) === 0n)
    throw new DamagedSegment(start, `a value does not have ${decimals} decimals`);
  return { decimals, value };
}

function readValue(cursor: Cursor, end: SegmentEnd, decimals: number, fell: boolean): bigint {
  const start = cursor.at;
  const size = BigInt(readInteger(cursor)) * unitOf(decimals);
  if (size === 0n) throw new DamagedSegment(start, "a change of the value is 0");
  const value = fell ? end.value - size : end.value + size;
  if (value < 0n || value >= VALUE_END) throw new DamagedSegment(start, "a value is out of range");
  return value;
}
