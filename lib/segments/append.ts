import type { Sample } from "../billing/sample.ts";
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
import {
  type Cursor,
  GROUPS_MAX,
  writeByte,
  writeInteger,
  writeNumber,
} from "./variable-length.ts";

/** A control of 57 bits, the number of decimals, and the change of the value. */
const SAMPLE_BYTES_MAX = 9 + 1 + GROUPS_MAX;

/** Four times twice this still is an exact number. */
const CHANGE_MS_END = 2 ** 50;

export interface Appended {
  /** To add at the end of the segment's bytes. */
  readonly bytes: Uint8Array;
  /** Where the segment ends from now on. */
  readonly end: SegmentEnd;
}

/**
 * Packs samples, one or more, ascending and all later than the end of an open segment; `null` begins a
 * segment. A RangeError if they are not, or if a time or a value is out of range. README.md has the
 * format. The bytes do not depend on how the samples were spread over calls.
 */
export function appendSamples(end: SegmentEnd | null, samples: readonly Sample[]): Appended {
  if (samples.length === 0) throw new RangeError("There are no samples to append");
  const cursor = { bytes: new Uint8Array(1 + samples.length * SAMPLE_BYTES_MAX), at: 0 };
  if (end === null) writeByte(cursor, FORMAT_VERSION);
  const newEnd: MovingEnd = { ...(end ?? BEFORE_FIRST) };
  for (const sample of samples) {
    checkSample(newEnd, sample);
    appendSample(cursor, newEnd, sample);
  }
  return { bytes: cursor.bytes.slice(0, cursor.at), end: newEnd };
}

function checkSample(end: SegmentEnd, { timeMs, value }: Sample): void {
  if (!Number.isInteger(timeMs) || Math.abs(timeMs) > TIME_MS_MAX)
    throw new RangeError(`Not a time in milliseconds: ${timeMs}`);
  if (end.count > 0 && timeMs <= end.timeMs)
    throw new RangeError(`A sample at ${timeMs} cannot follow one at ${end.timeMs}`);
  if (value < 0n || value >= VALUE_END) throw new RangeError(`Not a value of a sample: ${value}`);
}

function appendSample(cursor: Cursor, end: MovingEnd, { timeMs, value }: Sample): void {
  const change = value - end.value;
  if (change === 0n) {
    writeControl(cursor, end, timeMs, valueKind.same);
    moveBehind(end, timeMs, value, end.decimals);
    return;
  }
  const size = change < 0n ? -change : change;
  const units = size / unitOf(end.decimals);
  if (units * unitOf(end.decimals) === size) {
    writeControl(cursor, end, timeMs, change < 0n ? valueKind.fell : valueKind.grew);
    writeInteger(cursor, units);
    moveBehind(end, timeMs, value, end.decimals);
    return;
  }
  const decimals = decimalsAbove(end.decimals, value);
  writeControl(cursor, end, timeMs, valueKind.finer);
  writeByte(cursor, 2 * decimals + (change < 0n ? 1 : 0));
  writeInteger(cursor, size / unitOf(decimals));
  moveBehind(end, timeMs, value, decimals);
}

function writeControl(cursor: Cursor, end: SegmentEnd, timeMs: number, kind: number): void {
  const stepMs = timeMs - end.timeMs;
  const changeMs = stepMs - end.stepMs;
  if (Number.isSafeInteger(stepMs) && Math.abs(changeMs) < CHANGE_MS_END) {
    writeNumber(cursor, (changeMs < 0 ? -2 * changeMs - 1 : 2 * changeMs) * 4 + kind);
    return;
  }
  const exactMs = BigInt(timeMs) - BigInt(end.timeMs) - BigInt(end.stepMs);
  writeInteger(cursor, (exactMs < 0n ? -2n * exactMs - 1n : 2n * exactMs) * 4n + BigInt(kind));
}

/** How many decimals the value has, if it is known to have more than `decimals`. */
function decimalsAbove(decimals: number, value: bigint): number {
  let more = decimals + 1;
  while (value % unitOf(more) !== 0n) more += 1;
  return more;
}
