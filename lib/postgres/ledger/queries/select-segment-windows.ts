import type pg from "pg";
import type { WindowRequest } from "../../../usecases/ledger/stored-window.ts";
import { int4Array, timestamptzArray } from "../../database/queries/binary-array.ts";
import { openColumns, type SegmentRow, sealedColumns } from "./segment-rows.ts";

export interface WindowSegmentRow extends SegmentRow {
  /** Counts the windows from 1. */
  readonly position: number;
}

const text = `
  select wanted.position::int4 as position, wanted.series_id, stored.*
    from unnest($1::int4[], $2::timestamptz[], $3::timestamptz[]) with ordinality
           as wanted (series_id, from_time, to_time, position)
   cross join lateral (
           select coalesce(wanted.from_time, '-infinity') as "from",
                  coalesce(wanted.to_time, 'infinity') as "to"
         ) as bounds
   cross join lateral (
           (select ${sealedColumns}
              from segments
             where segments.series_id = wanted.series_id
               and from_time < bounds."from"
             order by from_time desc
             limit 1)
           union all
           (select ${sealedColumns}
              from segments
             where segments.series_id = wanted.series_id
               and from_time between bounds."from" and bounds."to")
           union all
           (select ${openColumns}
              from series_heads
             where series_heads.series_id = wanted.series_id
               and segment_from <= bounds."to")
         ) as stored
   order by position, from_ms`;

/** The segments that hold the samples of each window and the last one before it, in the order of time. */
export async function selectSegmentWindows(
  client: pg.ClientBase,
  windows: readonly WindowRequest[],
): Promise<readonly WindowSegmentRow[]> {
  const { rows } = await client.query<WindowSegmentRow>({
    name: "select-segment-windows",
    text,
    values: [
      int4Array(windows.map((window) => window.seriesId)),
      timestamptzArray(windows.map((window) => window.fromMs)),
      timestamptzArray(windows.map((window) => window.toMs)),
    ],
  });
  return rows;
}
