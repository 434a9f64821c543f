import type pg from "pg";
import { parseDecimal, VALUE_SCALE } from "../../billing/decimal.ts";
import type { Sample } from "../../billing/sample.ts";
import {
  growSegment,
  type OpenSegment,
  type PackedSegment,
  segmentSamplesMax,
} from "../../segments/rewrite.ts";
import { insertSegments } from "../ledger/queries/insert-segments.ts";
import { insertConvertedDays } from "./queries/insert-converted-days.ts";
import { type ConvertedSegment, insertConvertedHead } from "./queries/insert-converted-head.ts";
import { selectMeasurementRows } from "./queries/select-measurement-rows.ts";
import { selectNextSeries, type UnconvertedSeriesRow } from "./queries/select-next-series.ts";

/** What one step converts at most: two tenths of a second of work, and 10 MB of memory. */
const stepSegmentsMax = 400;

/** What a step has done. */
export interface ConversionStep {
  /** All series up to this one are converted. */
  readonly lastSeriesId: number;
  readonly samples: number;
}

/**
 * Converts the next series after `afterSeriesId` from rows of measurements and hours into a head, segments
 * and days; undefined: there is none left. A series that has more samples than a step converts gets its
 * segments step by step, each going on behind the segments that there are, and its head with the last.
 * What is at or before a series' floor was settled for good, and is left behind.
 */
export async function convertNextSeries(
  client: pg.ClientBase,
  afterSeriesId: number,
  segmentsMax = stepSegmentsMax,
): Promise<ConversionStep | undefined> {
  const series = await selectNextSeries(client, afterSeriesId);
  if (series === undefined) return undefined;
  const samplesMax = segmentsMax * segmentSamplesMax;
  const samples = await readSamples(client, series, samplesMax + 1);
  const isLast = samples.length <= samplesMax;
  if (!isLast) samples.pop();
  const growth = samples.length === 0 ? null : growSegment(null, samples);
  const full = growth === null ? [] : [...growth.sealed, ...(isLast ? [] : [seal(growth.open)])];
  if (full.length > 0) {
    const seriesId = series.series_id;
    await insertSegments(
      client,
      full.map((segment) => ({ seriesId, ...segment })),
    );
  }
  if (isLast) await finish(client, series, growth?.open ?? null);
  return {
    lastSeriesId: isLast ? series.series_id : afterSeriesId,
    samples: samples.length,
  };
}

async function readSamples(
  client: pg.ClientBase,
  { series_id, converted_ms, floor_ms }: UnconvertedSeriesRow,
  limit: number,
): Promise<Sample[]> {
  const rows = await selectMeasurementRows(client, series_id, converted_ms ?? floor_ms, limit);
  return rows.map((row) => ({
    timeMs: row.time_ms,
    value: parseDecimal(row.value, VALUE_SCALE),
  }));
}

const seal = ({ fromMs, end, bytes }: OpenSegment): PackedSegment => ({
  fromMs,
  untilMs: end.timeMs,
  count: end.count,
  bytes,
});

const noSegment: ConvertedSegment = {
  from: null,
  count: 0,
  stepMs: 0,
  decimals: 0,
  bytes: new Uint8Array(),
};

/** Stores all that a series has besides sealed segments; from here on it is converted. */
async function finish(
  client: pg.ClientBase,
  { series_id: seriesId, last_ms, floor_ms }: UnconvertedSeriesRow,
  open: OpenSegment | null,
): Promise<void> {
  if (last_ms !== (open?.end.timeMs ?? floor_ms)) {
    throw new Error(`series ${seriesId} does not end with the last of its measurements`);
  }
  await insertConvertedDays(client, seriesId, last_ms === null ? null : new Date(last_ms));
  await insertConvertedHead(client, seriesId, open === null ? noSegment : toHeadSegment(open));
}

const toHeadSegment = ({ fromMs, end, bytes }: OpenSegment): ConvertedSegment => ({
  from: new Date(fromMs),
  count: end.count,
  stepMs: end.stepMs,
  decimals: end.decimals,
  bytes,
});
