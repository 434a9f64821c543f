import type pg from "pg";
import { formatDecimal, VALUE_SCALE } from "../../billing/decimal.ts";
import type { SeriesKey } from "../../billing/measurement.ts";
import type { Sample } from "../../billing/sample.ts";
import type {
  Ledger,
  LockedSeries,
  SeriesChange,
  WithLedger,
} from "../../usecases/ledger/bill-measurements.ts";
import type { DroppedSamples } from "../../usecases/ledger/dropped-samples.ts";
import { inTransaction } from "../database/in-transaction.ts";
import type { Pool } from "../database/pool.ts";
import { insertMeasurements, type MeasurementColumns } from "./queries/insert-measurements.ts";
import { insertProjects } from "./queries/insert-projects.ts";
import { insertSeries } from "./queries/insert-series.ts";
import { lockProjects } from "./queries/lock-projects.ts";
import { selectMeasurementsAt } from "./queries/select-measurements-at.ts";
import { type SeriesRow, selectSeries } from "./queries/select-series.ts";
import { updateSeries } from "./queries/update-series.ts";
import { upsertMeasurementConflicts } from "./queries/upsert-measurement-conflicts.ts";
import { upsertMeasurements } from "./queries/upsert-measurements.ts";
import { upsertMeasurementsRefused } from "./queries/upsert-measurements-refused.ts";
import { upsertSamplesDropped } from "./queries/upsert-samples-dropped.ts";
import { readWindows, toSample, toStoredSeries } from "./stored-series.ts";
import { readTariffs } from "./tariffs.ts";
import { writeHours } from "./write-hours.ts";

/** The ledger in PostgreSQL: one transaction at READ COMMITTED, the projects concerned locked. */
export const withLedger =
  (pool: Pool): WithLedger =>
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
  readWindows: (requests) => readWindows(client, requests),
  write: (changes) => write(client, changes),
  countDropped: (dropped) => countDropped(client, dropped),
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
  const rows = series.map((row, index) => {
    if (row === undefined) throw new Error(`series ${JSON.stringify(keys[index])} is gone`);
    return row;
  });
  return toStoredSeries(client, rows);
}

function arrange(keys: readonly SeriesKey[], rows: readonly SeriesRow[]) {
  const arranged: (SeriesRow | undefined)[] = keys.map(() => undefined);
  for (const row of rows) arranged[row.position - 1] = row;
  return arranged;
}

async function write(client: pg.ClientBase, changes: readonly SeriesChange[]): Promise<void> {
  await writeMeasurements(client, changes);
  await writeConflicts(client, changes);
  await writeRefused(client, changes);
  await writeHours(client, changes, { reason: "late", actor: "biller", note: null });
  await writeStates(client, changes);
}

/** Only where values conflict may another one be stored at the same time. */
async function writeMeasurements(
  client: pg.ClientBase,
  changes: readonly SeriesChange[],
): Promise<void> {
  const unknown: MeasurementColumns = { seriesIds: [], timesMs: [], values: [] };
  const contested: MeasurementColumns = { seriesIds: [], timesMs: [], values: [] };
  for (const { seriesId, samples, conflicts } of changes) {
    const conflictTimes = new Set(conflicts.map(({ timeMs }) => timeMs));
    for (const { timeMs, value } of samples) {
      const columns = conflictTimes.has(timeMs) ? contested : unknown;
      columns.seriesIds.push(seriesId);
      columns.timesMs.push(timeMs);
      columns.values.push(formatDecimal(value, VALUE_SCALE));
    }
  }
  if (unknown.timesMs.length > 0) await insertMeasurements(client, unknown);
  if (contested.timesMs.length > 0) await upsertMeasurements(client, contested);
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

async function writeRefused(
  client: pg.ClientBase,
  changes: readonly SeriesChange[],
): Promise<void> {
  const refused = changes.flatMap(({ seriesId, refused }) =>
    refused.map((one) => ({ seriesId, ...one })),
  );
  if (refused.length === 0) return;
  await upsertMeasurementsRefused(client, {
    seriesIds: refused.map(({ seriesId }) => seriesId),
    timesMs: refused.map(({ timeMs }) => timeMs),
    values: refused.map(({ value }) => formatDecimal(value, VALUE_SCALE)),
    reasons: refused.map(({ reason }) => reason),
  });
}

async function countDropped(
  client: pg.ClientBase,
  dropped: readonly DroppedSamples[],
): Promise<void> {
  const rows = dropped.flatMap(({ keyId, atMs, counts }) =>
    Object.entries(counts).map(([reason, count]) => ({ keyId, atMs, reason, count })),
  );
  await upsertSamplesDropped(client, {
    keyIds: rows.map(({ keyId }) => keyId),
    timesMs: rows.map(({ atMs }) => atMs),
    reasons: rows.map(({ reason }) => reason),
    counts: rows.map(({ count }) => count),
  });
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
