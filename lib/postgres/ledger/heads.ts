import type pg from "pg";
import { type DecimalText, parseDecimal, VALUE_SCALE } from "../../billing/decimal.ts";
import type { OpenDrop, Sample } from "../../billing/sample.ts";
import type { SegmentEnd } from "../../segments/segment-format.ts";
import type { StoredSeries } from "../../usecases/ledger/stored-series.ts";
import { selectDrops } from "./queries/select-drops.ts";
import { type HeadRow, selectHeads } from "./queries/select-heads.ts";

/** Where a series stands in the database: what the next booking appends to. */
export interface Head {
  readonly seriesId: number;
  readonly projectId: number;
  readonly last: Sample | null;
  readonly hasOpenDrop: boolean;
  /** Where the open segment ends: at `last`. null: the next sample begins one. */
  readonly end: SegmentEnd | null;
}

export function toHead(row: HeadRow, projectId: number): Head {
  const last = sampleOrNull(row.last_time_ms, row.last_value);
  const end =
    last === null || row.segment_count === 0
      ? null
      : {
          timeMs: last.timeMs,
          value: last.value,
          stepMs: row.segment_step_ms,
          decimals: row.segment_decimals,
          count: row.segment_count,
        };
  return { seriesId: row.series_id, projectId, last, hasOpenDrop: row.has_open_drop, end };
}

export async function readHead(
  client: pg.ClientBase,
  { seriesId, projectId }: Pick<StoredSeries, "seriesId" | "projectId">,
): Promise<Head> {
  const [row] = await selectHeads(client, [seriesId]);
  if (row === undefined) throw new Error(`series ${seriesId} has no head`);
  return toHead(row, projectId);
}

/** The open drops of those of these series that have one. */
export async function readDrops(
  client: pg.ClientBase,
  seriesIds: readonly number[],
): Promise<ReadonlyMap<number, OpenDrop>> {
  const rows = seriesIds.length > 0 ? await selectDrops(client, seriesIds) : [];
  return new Map(
    rows.map((row) => {
      const peak = { timeMs: row.peak_ms, value: parseDecimal(row.peak_value, VALUE_SCALE) };
      return [row.series_id, { peak, droppedAtMs: row.dropped_at_ms }];
    }),
  );
}

export const sampleOrNull = (timeMs: number | null, value: DecimalText | null): Sample | null =>
  timeMs === null || value === null ? null : { timeMs, value: parseDecimal(value, VALUE_SCALE) };
