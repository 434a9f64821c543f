import type pg from "pg";
import type { SeriesState } from "../billing/booking.ts";
import { CREDITS_SCALE, formatDecimal, parseDecimal, VALUE_SCALE } from "../billing/decimal.ts";
import type { HourlyCosts, Sample } from "../billing/fold.ts";
import type { SeriesKey } from "../billing/measurement.ts";
import type {
  Ledger,
  LockedSeries,
  SeriesChange,
  WithLedger,
} from "../usecases/bill-measurements.ts";
import { inTransaction } from "./in-transaction.ts";
import { insertCorrections } from "./queries/insert-corrections.ts";
import { insertProjects } from "./queries/insert-projects.ts";
import { insertSeries } from "./queries/insert-series.ts";
import { lockProjects } from "./queries/lock-projects.ts";
import { selectMeasurementWindows } from "./queries/select-measurement-windows.ts";
import { selectMeasurementsAt } from "./queries/select-measurements-at.ts";
import { type SeriesRow, selectSeries } from "./queries/select-series.ts";
import { updateSeries } from "./queries/update-series.ts";
import { updateUsedCredits } from "./queries/update-used-credits.ts";
import { type HourColumns, upsertHourlyCosts } from "./queries/upsert-hourly-costs.ts";
import { upsertMeasurementConflicts } from "./queries/upsert-measurement-conflicts.ts";
import { upsertMeasurements } from "./queries/upsert-measurements.ts";
import { readTariffs } from "./tariffs.ts";

/** The ledger in PostgreSQL: one transaction at READ COMMITTED, the projects concerned locked. */
export const withLedger =
  (pool: pg.Pool): WithLedger =>
  (work) =>
    inTransaction(pool, (client) => work(ledgerOf(client)));

const ledgerOf = (client: pg.ClientBase): Ledger => ({
  lockSeries: (keys) => lockSeries(client, keys),
  tariffs: () => readTariffs(client),
  async samplesAt(times) {
    if (times.length === 0) return new Map();
    const rows = await selectMeasurementsAt(
      client,
      times.map(({ seriesId }) => seriesId),
      times.map(({ timeMs }) => timeMs),
    );
    const samples = new Map<number, Sample[]>();
    for (const row of rows) {
      const list = samples.get(row.series_id);
      if (list === undefined) samples.set(row.series_id, [toSample(row)]);
      else list.push(toSample(row));
    }
    for (const list of samples.values()) list.sort((a, b) => a.timeMs - b.timeMs);
    return samples;
  },
  async readWindows(requests) {
    const windows = requests.map((): Sample[] => []);
    for (const row of await selectMeasurementWindows(client, requests)) {
      windows[row.position - 1]?.push(toSample(row));
    }
    return windows;
  },
  write: (changes) => write(client, changes),
});

async function lockSeries(
  client: pg.ClientBase,
  keys: readonly SeriesKey[],
): Promise<readonly LockedSeries[]> {
  const projectNames = [...new Set(keys.map((key) => key.projectName))];
  await client.query("savepoint before_locks");
  const locked = await lockProjects(client, projectNames);
  let series = arrange(keys, await selectSeries(client, keys));
  const missing = keys.filter((_, index) => series[index] === undefined);
  if (missing.length > 0 || locked < projectNames.length) {
    // Who waits to insert while it holds locks deadlocks with who does the same: give them back first.
    await client.query("rollback to savepoint before_locks");
    await insertProjects(client, [...new Set(missing.map((key) => key.projectName))]);
    await insertSeries(client, missing);
    await lockProjects(client, projectNames);
    series = arrange(keys, await selectSeries(client, keys));
  }
  return series.map((row, index) => {
    if (row === undefined) throw new Error(`series ${JSON.stringify(keys[index])} is gone`);
    return { seriesId: row.series_id, projectId: row.project_id, state: toState(row) };
  });
}

function arrange(keys: readonly SeriesKey[], rows: readonly SeriesRow[]) {
  const arranged: (SeriesRow | undefined)[] = keys.map(() => undefined);
  for (const row of rows) arranged[row.position - 1] = row;
  return arranged;
}

const toSample = (row: { readonly time_ms: number; readonly value: string }): Sample => ({
  timeMs: row.time_ms,
  value: parseDecimal(row.value, VALUE_SCALE),
});

const toState = (row: SeriesRow): SeriesState => ({
  last:
    row.last_time_ms === null || row.last_value === null
      ? null
      : toSample({ time_ms: row.last_time_ms, value: row.last_value }),
  openDrop:
    row.open_peak_time_ms === null || row.open_peak_value === null || row.open_drop_time_ms === null
      ? null
      : {
          peak: toSample({ time_ms: row.open_peak_time_ms, value: row.open_peak_value }),
          droppedAtMs: row.open_drop_time_ms,
        },
});

async function write(client: pg.ClientBase, changes: readonly SeriesChange[]): Promise<void> {
  const samples = changes.flatMap(({ seriesId, samples }) =>
    samples.map((sample) => ({ seriesId, ...sample })),
  );
  await upsertMeasurements(client, {
    seriesIds: samples.map(({ seriesId }) => seriesId),
    timesMs: samples.map(({ timeMs }) => timeMs),
    values: samples.map(({ value }) => formatDecimal(value, VALUE_SCALE)),
  });
  await writeConflicts(client, changes);
  const corrections = toHourColumns(changes, ({ corrections }) => corrections);
  if (corrections.seriesIds.length > 0) await insertCorrections(client, corrections, "late");
  const hours = toHourColumns(changes, ({ hours }) => hours);
  if (hours.seriesIds.length > 0) await upsertHourlyCosts(client, hours);
  await writeStates(client, changes);
  await writeUsedCredits(client, changes);
}

async function writeConflicts(
  client: pg.ClientBase,
  changes: readonly SeriesChange[],
): Promise<void> {
  const conflicts = changes.flatMap(({ seriesId, conflicts }) =>
    conflicts.map((conflict) => ({ seriesId, ...conflict })),
  );
  if (conflicts.length === 0) return;
  await upsertMeasurementConflicts(client, {
    seriesIds: conflicts.map(({ seriesId }) => seriesId),
    timesMs: conflicts.map(({ timeMs }) => timeMs),
    kept: conflicts.map(({ kept }) => formatDecimal(kept, VALUE_SCALE)),
    refused: conflicts.map(({ refused }) => formatDecimal(refused, VALUE_SCALE)),
  });
}

function toHourColumns(
  changes: readonly SeriesChange[],
  hoursOf: (change: SeriesChange) => HourlyCosts,
): HourColumns {
  const rows = changes.flatMap((change) =>
    [...hoursOf(change)].map(([hourMs, cost]) => ({ seriesId: change.seriesId, hourMs, ...cost })),
  );
  return {
    seriesIds: rows.map(({ seriesId }) => seriesId),
    hoursMs: rows.map(({ hourMs }) => hourMs),
    usages: rows.map(({ usage }) => formatDecimal(usage, VALUE_SCALE)),
    credits: rows.map(({ credits }) => formatDecimal(credits, CREDITS_SCALE)),
  };
}

async function writeStates(client: pg.ClientBase, changes: readonly SeriesChange[]): Promise<void> {
  const advanced = changes.flatMap(({ seriesId, samples, state: { last, openDrop } }) =>
    last === null || samples[0] === undefined
      ? []
      : [{ seriesId, firstMs: samples[0].timeMs, last, openDrop }],
  );
  if (advanced.length === 0) return;
  await updateSeries(client, {
    seriesIds: advanced.map(({ seriesId }) => seriesId),
    firstTimesMs: advanced.map(({ firstMs }) => firstMs),
    lastTimesMs: advanced.map(({ last }) => last.timeMs),
    lastValues: advanced.map(({ last }) => formatDecimal(last.value, VALUE_SCALE)),
    openPeakTimesMs: advanced.map(({ openDrop }) => openDrop?.peak.timeMs ?? null),
    openPeakValues: advanced.map(({ openDrop }) =>
      openDrop === null ? null : formatDecimal(openDrop.peak.value, VALUE_SCALE),
    ),
    openDropTimesMs: advanced.map(({ openDrop }) => openDrop?.droppedAtMs ?? null),
  });
}

async function writeUsedCredits(
  client: pg.ClientBase,
  changes: readonly SeriesChange[],
): Promise<void> {
  const credits = new Map<number, bigint>();
  for (const { projectId, hours } of changes) {
    let sum = credits.get(projectId) ?? 0n;
    for (const cost of hours.values()) sum += cost.credits;
    credits.set(projectId, sum);
  }
  await updateUsedCredits(
    client,
    [...credits.keys()],
    [...credits.values()].map((sum) => formatDecimal(sum, CREDITS_SCALE)),
  );
}
