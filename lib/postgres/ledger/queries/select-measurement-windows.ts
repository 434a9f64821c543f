import type pg from "pg";
import type { DecimalText } from "../../../billing/decimal.ts";
import type { WindowRequest } from "../../../usecases/ledger/stored-window.ts";
import { toNumberArray } from "../../database/queries/number-array.ts";

export interface WindowRow {
  readonly position: number;
  readonly time_ms: number;
  readonly value: DecimalText;
}

const text = `
  select wanted.position::int4 as position,
         round(date_part('epoch', stored.time) * 1000) as time_ms,
         stored.value
    from unnest($1::int4[], $2::int8[], $3::int8[]) with ordinality
           as wanted (series_id, from_ms, to_ms, position)
   cross join lateral (
           select coalesce(timestamptz 'epoch' + wanted.from_ms * interval '1 millisecond', '-infinity') as "from",
                  coalesce(timestamptz 'epoch' + wanted.to_ms * interval '1 millisecond', 'infinity') as "to"
         ) as bounds
   cross join lateral (
           (select time, value
              from measurements
             where measurements.series_id = wanted.series_id
               and time < bounds."from"
             order by time desc
             limit 1)
           union all
           (select time, value
              from measurements
             where measurements.series_id = wanted.series_id
               and time between bounds."from" and bounds."to")
         ) as stored
   order by position, time_ms`;

/** The measurements of each window and the last one before it, ascending; `position` counts windows from 1. */
export async function selectMeasurementWindows(
  client: pg.ClientBase,
  windows: readonly WindowRequest[],
): Promise<readonly WindowRow[]> {
  const { rows } = await client.query<WindowRow>({
    name: "select-measurement-windows",
    text,
    values: [
      toNumberArray(windows.map((window) => window.seriesId)),
      toNumberArray(windows.map((window) => window.fromMs)),
      toNumberArray(windows.map((window) => window.toMs)),
    ],
  });
  return rows;
}
