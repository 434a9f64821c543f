import { CREDITS_SCALE, VALUE_SCALE } from "../../../billing/decimal.ts";
import {
  byteaArray,
  int2Array,
  int4Array,
  int8Array,
  numericArray,
  timestamptzArray,
} from "../../database/queries/binary-array.ts";

/** One head as it is to be; times in Unix milliseconds, values and usage at VALUE_SCALE. */
export interface HeadUpdate {
  readonly seriesId: number;
  /** The last time that this update builds on; null: none. A head that says otherwise is not updated. */
  readonly expectedMs: number | null;
  readonly lastMs: number | null;
  readonly lastValue: bigint | null;
  readonly peakMs: number | null;
  readonly peakValue: bigint | null;
  readonly droppedAtMs: number | null;
  /** The hour of the last time is another than before: its amounts begin with these. */
  readonly opensHour: boolean;
  /** To add to the open hour. */
  readonly usage: bigint;
  /** At CREDITS_SCALE. */
  readonly credits: bigint;
  /** The bytes are the whole open segment, which begins there; false: they are its end. */
  readonly opensSegment: boolean;
  readonly segmentFromMs: number | null;
  readonly segmentCount: number;
  readonly segmentStepMs: number;
  readonly segmentDecimals: number;
  readonly bytes: Uint8Array;
}

/** The columns that change with every sample, as the first ten parameters of the statements. */
export const toColumns = (updates: readonly HeadUpdate[]): Buffer[] => [
  int4Array(updates.map((one) => one.seriesId)),
  timestamptzArray(updates.map((one) => one.expectedMs)),
  timestamptzArray(updates.map((one) => one.lastMs)),
  numericArray(
    updates.map((one) => one.lastValue),
    VALUE_SCALE,
  ),
  numericArray(
    updates.map((one) => one.usage),
    VALUE_SCALE,
  ),
  numericArray(
    updates.map((one) => one.credits),
    CREDITS_SCALE,
  ),
  int2Array(updates.map((one) => one.segmentCount)),
  int8Array(updates.map((one) => one.segmentStepMs)),
  int2Array(updates.map((one) => one.segmentDecimals)),
  byteaArray(updates.map((one) => one.bytes)),
];
