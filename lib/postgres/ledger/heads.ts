import type pg from "pg";
import { parseDecimal, VALUE_SCALE } from "../../billing/decimal.ts";
import type { Sample } from "../../billing/sample.ts";
import type { SegmentEnd } from "../../segments/segment-format.ts";
import { type HeadRow, selectHeads } from "./queries/select-heads.ts";

/** Where a series stands in the database: what the next booking appends to. */
export interface Head {
  readonly seriesId: number;
  readonly projectId: number;
  readonly last: Sample | null;
  readonly hasOpenDrop: boolean;
  /** The open segment, which ends at `last`; null: the next sample begins one. */
  readonly open: { readonly fromMs: number; readonly end: SegmentEnd } | null;
}

/** `last` is that of the row, read already. */
export function toHead(row: HeadRow, last: Sample | null): Head {
  const { series_id: seriesId, project_id: projectId, segment_from_ms: fromMs } = row;
  const hasOpenDrop = row.open_peak_time_ms !== null;
  if (last === null || fromMs === null) {
    return { seriesId, projectId, last, hasOpenDrop, open: null };
  }
  const end: SegmentEnd = {
    timeMs: last.timeMs,
    value: last.value,
    stepMs: row.segment_step_ms,
    decimals: row.segment_decimals,
    count: row.segment_count,
  };
  return { seriesId, projectId, last, hasOpenDrop, open: { fromMs, end } };
}

export async function readHead(client: pg.ClientBase, seriesId: number): Promise<Head> {
  const [row] = await selectHeads(client, [seriesId]);
  if (row === undefined) throw new Error(`series ${seriesId} has no head`);
  return toHead(row, sampleOrNull(row.last_time_ms, row.last_value));
}

export const sampleOrNull = (timeMs: number | null, value: string | null): Sample | null =>
  timeMs === null || value === null ? null : { timeMs, value: parseDecimal(value, VALUE_SCALE) };
