import type pg from "pg";
import type { SeriesState } from "../../billing/booking.ts";
import { parseCredits } from "../../billing/credits.ts";
import {
  type DecimalText,
  formatDecimal,
  parseDecimal,
  VALUE_SCALE,
} from "../../billing/decimal.ts";
import type { Sample } from "../../billing/sample.ts";
import type { TimeRange } from "../../usecases/ledger/refuse-settled.ts";
import type {
  NamedSeries,
  SeriesScope,
  StoredSeries,
} from "../../usecases/ledger/stored-series.ts";
import type { WindowRequest } from "../../usecases/ledger/stored-window.ts";
import { lockProjects } from "./queries/lock-projects.ts";
import { selectDiscards } from "./queries/select-discards.ts";
import { selectMeasurementWindows } from "./queries/select-measurement-windows.ts";
import { selectProjectSeries } from "./queries/select-project-series.ts";
import type { StoredSeriesRow } from "./queries/select-series.ts";
import { updateSeriesState } from "./queries/update-series-state.ts";

export const toSample = (row: {
  readonly time_ms: number;
  readonly value: DecimalText;
}): Sample => ({
  timeMs: row.time_ms,
  value: parseDecimal(row.value, VALUE_SCALE),
});

const sampleOrNull = (timeMs: number | null, value: DecimalText | null): Sample | null =>
  timeMs === null || value === null ? null : toSample({ time_ms: timeMs, value });

/** The stretches that were discarded of a series. */
type DiscardsOf = (seriesId: number) => readonly TimeRange[];

export async function readDiscards(
  client: pg.ClientBase,
  seriesIds: readonly number[],
): Promise<DiscardsOf> {
  const rows = await selectDiscards(client, seriesIds);
  const bySeries = Map.groupBy(rows, (row) => row.series_id);
  return (seriesId) =>
    (bySeries.get(seriesId) ?? []).map((row) => ({ fromMs: row.from_ms, untilMs: row.until_ms }));
}

export function toStoredSeries(row: StoredSeriesRow, discardsOf: DiscardsOf): StoredSeries {
  const peak = sampleOrNull(row.open_peak_time_ms, row.open_peak_value);
  const droppedAtMs = row.open_drop_time_ms;
  return {
    seriesId: row.series_id,
    projectId: row.project_id,
    rerateIds: row.rerate_ids,
    floor: sampleOrNull(row.floor_time_ms, row.floor_value),
    discards: discardsOf(row.series_id),
    state: {
      last: sampleOrNull(row.last_time_ms, row.last_value),
      openDrop: peak === null || droppedAtMs === null ? null : { peak, droppedAtMs },
    },
  };
}

/** See `StoredReader`. */
export async function readWindows<Request extends WindowRequest>(
  client: pg.ClientBase,
  requests: readonly Request[],
) {
  const rows = await selectMeasurementWindows(client, requests);
  const byPosition = Map.groupBy(rows, (row) => row.position);
  return requests.map((request, index) => ({
    ...request,
    read: (byPosition.get(index + 1) ?? []).map(toSample),
  }));
}

/** The project's series in the scope. */
export async function readProjectSeries(
  client: pg.ClientBase,
  projectName: string,
  scope: SeriesScope,
): Promise<readonly NamedSeries[]> {
  const rows = await selectProjectSeries(client, projectName, scope);
  const discardsOf = await readDiscards(
    client,
    rows.map((row) => row.series_id),
  );
  return rows.map((row) => ({
    ...toStoredSeries(row, discardsOf),
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
