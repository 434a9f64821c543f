import type pg from "pg";
import { parseDecimal, VALUE_SCALE } from "../../billing/decimal.ts";
import type { Sample } from "../../billing/sample.ts";
import { beginSegments } from "../../segments/rewrite.ts";
import { insertSegments } from "../ledger/queries/insert-segments.ts";
import { insertConvertedDays } from "./queries/insert-converted-days.ts";
import { type ConvertedSegment, insertConvertedHead } from "./queries/insert-converted-head.ts";
import { selectMeasurementRows } from "./queries/select-measurement-rows.ts";
import { selectNextSeries, type UnconvertedSeriesRow } from "./queries/select-next-series.ts";

// About a tenth of a second of work, and 10 MB of memory.
const rowsMax = 50_000;

/**
 * Converts the next series after `afterSeriesId` from rows of measurements and hours into a head, segments
 * and days, and answers its id; undefined: there is none left. What is at or before a series' floor was
 * settled for good, and is left behind.
 */
export async function convertNextSeries(
  client: pg.ClientBase,
  afterSeriesId: number,
): Promise<number | undefined> {
  const series = await selectNextSeries(client, afterSeriesId);
  if (series === undefined) return undefined;
  const open = await convertSamples(client, series);
  const last = series.last_ms === null ? null : new Date(series.last_ms);
  await insertConvertedDays(client, series.series_id, last);
  await insertConvertedHead(client, series.series_id, open);
  return series.series_id;
}

/** Stores the segments of a series, and answers the last one, which stays open. */
async function convertSamples(
  client: pg.ClientBase,
  { series_id: seriesId, floor_ms, last_ms }: UnconvertedSeriesRow,
): Promise<ConvertedSegment> {
  let afterMs = floor_ms;
  let open: ReturnType<typeof beginSegments>["open"] | null = null;
  for (;;) {
    const rows = await selectMeasurementRows(client, seriesId, afterMs, rowsMax);
    if (rows.length === 0) break;
    const samples = rows.map((row): Sample => {
      return { timeMs: row.time_ms, value: parseDecimal(row.value, VALUE_SCALE) };
    });
    const grown = beginSegments(samples);
    const full = open === null ? grown.sealed : [sealed(open), ...grown.sealed];
    if (full.length > 0) {
      await insertSegments(
        client,
        full.map((segment) => ({ seriesId, ...segment })),
      );
    }
    open = grown.open;
    afterMs = open.end.timeMs;
  }
  if (open === null)
    return { from: null, count: 0, stepMs: 0, decimals: 0, bytes: new Uint8Array() };
  if (open.end.timeMs !== last_ms) {
    throw new Error(
      `series ${seriesId}: its last measurement is not the last that is stored; npm run verify of the version before tells more`,
    );
  }
  const { count, stepMs, decimals } = open.end;
  return { from: new Date(open.fromMs), count, stepMs, decimals, bytes: open.bytes };
}

const sealed = ({ fromMs, end, bytes }: ReturnType<typeof beginSegments>["open"]) => ({
  fromMs,
  untilMs: end.timeMs,
  count: end.count,
  bytes,
});
