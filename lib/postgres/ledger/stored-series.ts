import type pg from "pg";
import type { SeriesState } from "../../billing/booking.ts";
import { parseCredits } from "../../billing/credits.ts";
import { formatDecimal, parseDecimal, VALUE_SCALE } from "../../billing/decimal.ts";
import type { Sample } from "../../billing/sample.ts";

import type { LockedSeries } from "../../usecases/ledger/bill-measurements.ts";
import type { WindowRequest } from "../../usecases/ledger/book-from-stored.ts";
import type { TimeRange } from "../../usecases/ledger/refuse-settled.ts";
import type { NamedSeries, SeriesScope } from "../../usecases/ledger/stored-series.ts";
import { lockProjects } from "./queries/lock-projects.ts";
import { selectDiscards } from "./queries/select-discards.ts";
import { selectMeasurementWindows } from "./queries/select-measurement-windows.ts";
import { selectProjectSeries } from "./queries/select-project-series.ts";
import type { StoredSeriesRow } from "./queries/select-series.ts";
import { updateSeriesState } from "./queries/update-series-state.ts";

export const toSample = (row: { readonly time_ms: number; readonly value: string }): Sample => ({
  timeMs: row.time_ms,
  value: parseDecimal(row.value, VALUE_SCALE),
});

const sampleOrNull = (timeMs: number | null, value: string | null): Sample | null =>
  timeMs === null || value === null ? null : toSample({ time_ms: timeMs, value });

/** The series of these rows, with what was discarded of them. */
export async function toStoredSeries(
  client: pg.ClientBase,
  rows: readonly StoredSeriesRow[],
): Promise<readonly LockedSeries[]> {
  const discards = await selectDiscards(
    client,
    rows.map((row) => row.series_id),
  );
  const ranges = Map.groupBy(discards, (row) => row.series_id);
  return rows.map((row) => {
    const peak = sampleOrNull(row.open_peak_time_ms, row.open_peak_value);
    const droppedAtMs = row.open_drop_time_ms;
    return {
      seriesId: row.series_id,
      projectId: row.project_id,
      rerateIds: row.rerate_ids,
      floor: sampleOrNull(row.floor_time_ms, row.floor_value),
      discards: (ranges.get(row.series_id) ?? []).map(
        ({ from_ms, until_ms }): TimeRange => ({ fromMs: from_ms, untilMs: until_ms }),
      ),
      state: {
        last: sampleOrNull(row.last_time_ms, row.last_value),
        openDrop: peak === null || droppedAtMs === null ? null : { peak, droppedAtMs },
      },
    };
  });
}

/** See `StoredReader`. */
export async function readWindows(
  client: pg.ClientBase,
  requests: readonly WindowRequest[],
): Promise<readonly (readonly Sample[])[]> {
  const windows = requests.map((): Sample[] => []);
  for (const row of await selectMeasurementWindows(client, requests)) {
    windows[row.position - 1]?.push(toSample(row));
  }
  return windows;
}

/** The project's series in the scope. */
export async function readProjectSeries(
  client: pg.ClientBase,
  projectName: string,
  scope: SeriesScope,
): Promise<readonly NamedSeries[]> {
  const rows = await selectProjectSeries(client, projectName, scope);
  const stored = await toStoredSeries(client, rows);
  return rows.map((row, index) => ({
    ...(stored[index] as LockedSeries),
    metric: row.metric,
    site: row.site,
    resource: row.resource,
    floorPart:
      row.floor_usage === null || row.floor_credits === null
        ? null
        : {
            usage: parseDecimal(row.floor_usage, VALUE_SCALE),
            credits: parseCredits(row.floor_credits),
          },
  }));
}

/** The same, and nobody else changes the project until the transaction ends. */
export async function lockProjectSeries(
  client: pg.ClientBase,
  projectName: string,
  scope: SeriesScope,
): Promise<readonly NamedSeries[]> {
  await lockProjects(client, [projectName]);
  return readProjectSeries(client, projectName, scope);
}

/** Stores where the series stands after something other than new measurements moved it. */
export async function writeSeriesState(
  client: pg.ClientBase,
  seriesId: number,
  { last, openDrop }: SeriesState,
): Promise<void> {
  const decimalOf = (sample: Sample | undefined | null) =>
    sample ? formatDecimal(sample.value, VALUE_SCALE) : null;
  await updateSeriesState(client, {
    seriesId,
    lastMs: last?.timeMs ?? null,
    lastValue: decimalOf(last),
    peakMs: openDrop?.peak.timeMs ?? null,
    peakValue: decimalOf(openDrop?.peak),
    droppedAtMs: openDrop?.droppedAtMs ?? null,
  });
}
