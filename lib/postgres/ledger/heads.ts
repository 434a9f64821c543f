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
  /** The open segment, which ends at `last`; null: the next sample begins one. */
  readonly open: { readonly fromMs: number; readonly end: SegmentEnd } | null;
}

export function toHead(row: HeadRow): Head {
  const last = sampleOrNull(row.last_time_ms, row.last_value);
  return {
    seriesId: row.series_id,
    projectId: row.project_id,
    last,
    open:
      last === null || row.segment_from_ms === null
        ? null
        : {
            fromMs: row.segment_from_ms,
            end: {
              ...last,
              stepMs: row.segment_step_ms,
              decimals: row.segment_decimals,
              count: row.segment_count,
            },
          },
  };
}

export async function readHead(client: pg.ClientBase, seriesId: number): Promise<Head> {
  const [row] = await selectHeads(client, [seriesId]);
  if (row === undefined) throw new Error(`series ${seriesId} has no head`);
  return toHead(row);
}

export const sampleOrNull = (timeMs: number | null, value: string | null): Sample | null =>
  timeMs === null || value === null ? null : { timeMs, value: parseDecimal(value, VALUE_SCALE) };
