import { VALUE_SCALE } from "../billing/decimal.ts";

/** The first byte of a segment; whoever changes how samples are packed counts it up. */
export const FORMAT_VERSION = 1;

/** The two lowest bits of a sample's control: what became of the value. README.md describes the rest. */
export const valueKind = { same: 0, grew: 1, fell: 2, finer: 3 } as const;

/** The range of a JavaScript Date, in both directions. */
export const TIME_MS_MAX = 8.64e15;

/** A step counts as this much at most, so that it is exact as a number. */
export const STEP_MS_MAX = Number.MAX_SAFE_INTEGER;

/** Values are below this: 15 digits before the point and all decimals. At VALUE_SCALE. */
export const VALUE_END = 10n ** BigInt(15 + VALUE_SCALE);

/** One in the last decimal place, at VALUE_SCALE, by the number of decimals. */
const UNITS: readonly bigint[] = Array.from({ length: VALUE_SCALE + 1 }, (_, decimals) => {
  return 10n ** BigInt(VALUE_SCALE - decimals);
});

export const unitOf = (decimals: number): bigint => UNITS[decimals] as bigint;

/** Where an open segment ends: all that an append needs, so that its bytes need not be read. */
export interface SegmentEnd {
  /** Of the last sample, Unix ms. */
  readonly timeMs: number;
  /** Of the last sample, at VALUE_SCALE. */
  readonly value: bigint;
  /** From the last sample but one to the last: at most STEP_MS_MAX, and 0 after the first sample. */
  readonly stepMs: number;
  /** The most decimals that a value of the segment has had so far. */
  readonly decimals: number;
  /** Number of samples. */
  readonly count: number;
}

/** The first sample of a segment is packed as if it followed this. */
export const BEFORE_FIRST: SegmentEnd = { timeMs: 0, value: 0n, stepMs: 0, decimals: 0, count: 0 };

/** An end that moves along while samples are packed or read: one object for all of them. */
export type MovingEnd = { -readonly [Field in keyof SegmentEnd]: SegmentEnd[Field] };

/** Moves behind one more sample: packing and reading must agree on it. */
export function moveBehind(end: MovingEnd, timeMs: number, value: bigint, decimals: number): void {
  end.stepMs = end.count === 0 ? 0 : Math.min(timeMs - end.timeMs, STEP_MS_MAX);
  end.timeMs = timeMs;
  end.value = value;
  end.decimals = decimals;
  end.count += 1;
}
