import type pg from "pg";
import { parseDecimal, VALUE_SCALE } from "../../billing/decimal.ts";
import { dayMs as lengthOfDayMs } from "../../billing/time.ts";
import { packSegments } from "../../segments/segment-size.ts";
import { selectSetting } from "../database/queries/select-setting.ts";
import { upsertSetting } from "../database/queries/upsert-setting.ts";
import { insertSegments, type NewSegment } from "../ledger/queries/insert-segments.ts";
import { insertConvertedDay } from "./queries/insert-converted-day.ts";
import { insertConvertedHeads } from "./queries/insert-converted-heads.ts";
import {
  type MeasurementRow,
  type RowPosition,
  selectMeasurementRows,
} from "./queries/select-measurement-rows.ts";
import { selectNextDay } from "./queries/select-next-day.ts";

/** The most that one step converts: a fraction of a second of work, and 10 MB of memory. */
const stepSamplesMax = 50_000;

/** Kept in the same transaction as what it says is done; the last migration of the conversion removes it. */
const positionKey = "conversion";

/** The progress that a step has made. */
export interface ConversionStep {
  /** The day that it worked on, and the last day of all: when they begin, Unix ms. */
  readonly dayMs: number;
  readonly lastDayMs: number;
  readonly samples: number;
}

interface Position extends RowPosition {
  readonly lastDayMs: number;
}

/**
 * Converts the next measurements from rows to segments, or at the end of a day its hours, or at the very
 * end the heads; undefined: nothing is left. Goes day by day, and through the series of each: the rows of
 * a day stand together in the table, those of a series are spread over all of it, and would be read from
 * the disk one by one. So no segment reaches over midnight, and heads begin without one. Rows at or before
 * a series' floor were settled for good, and are left behind.
 */
export async function convertNext(client: pg.ClientBase): Promise<ConversionStep | undefined> {
  const position = await findPosition(client);
  if (position === undefined) {
    await insertConvertedHeads(client);
    return undefined;
  }
  const { dayMs, lastDayMs } = position;
  const rows = await selectMeasurementRows(client, position, stepSamplesMax);
  if (rows.length > 0) await insertSegments(client, toSegments(rows));
  const last = rows.at(-1);
  if (rows.length === stepSamplesMax && last !== undefined) {
    await keepPosition(client, { ...position, seriesId: last.series_id, timeMs: last.time_ms });
  } else {
    await insertConvertedDay(client, new Date(dayMs));
    await keepPosition(client, await startOfNext(client, dayMs + lengthOfDayMs));
  }
  return { dayMs, lastDayMs, samples: rows.length };
}

/** Null in the settings says that all days are done. */
async function findPosition(client: pg.ClientBase): Promise<Position | undefined> {
  const kept = (await selectSetting(client, positionKey)) as Position | null | undefined;
  return (kept === undefined ? await startOfNext(client, null) : kept) ?? undefined;
}

const keepPosition = (client: pg.ClientBase, position: Position | undefined): Promise<void> =>
  upsertSetting(client, positionKey, JSON.stringify(position ?? null));

async function startOfNext(
  client: pg.ClientBase,
  fromMs: number | null,
): Promise<Position | undefined> {
  const { day_ms: dayMs, last_day_ms } = await selectNextDay(client, fromMs);
  if (dayMs === null) return undefined;
  return { dayMs, lastDayMs: last_day_ms ?? dayMs, seriesId: 0, timeMs: dayMs };
}

/** Segments of the samples, which are in the order of series and time. */
function toSegments(rows: readonly MeasurementRow[]): readonly NewSegment[] {
  return [...Map.groupBy(rows, (row) => row.series_id)].flatMap(([seriesId, own]) => {
    const samples = own.map((row) => ({
      timeMs: row.time_ms,
      value: parseDecimal(row.value, VALUE_SCALE),
    }));
    return packSegments(samples).map((segment) => ({ seriesId, ...segment }));
  });
}
