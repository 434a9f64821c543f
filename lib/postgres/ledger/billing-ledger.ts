import type pg from "pg";
import { formatDecimal, VALUE_SCALE } from "../../billing/decimal.ts";
import type { SeriesKey } from "../../billing/measurement.ts";
import type {
  Ledger,
  SeriesChange,
  TimesRequest,
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
import { selectSeries } from "./queries/select-series.ts";
import { updateSeries } from "./queries/update-series.ts";
import { upsertMeasurementConflicts } from "./queries/upsert-measurement-conflicts.ts";
import { upsertMeasurements } from "./queries/upsert-measurements.ts";
import { upsertMeasurementsRefused } from "./queries/upsert-measurements-refused.ts";
import { upsertSamplesDropped } from "./queries/upsert-samples-dropped.ts";
import { readDiscards, readWindows, toSample, toStoredSeries } from "./stored-series.ts";
import { readTariffs } from "./tariffs.ts";
import { writeHours } from "./write-hours.ts";

/** The ledger in PostgreSQL: one transaction at READ COMMITTED, the projects concerned locked. */
export const withLedger =
  (pool: Pool): WithLedger =>
  (work) =>
    inTransaction(pool, (client) => work(ledgerOf(client)));

const ledgerOf = (client: pg.ClientBase): Ledger => ({
  lockSeries: (keyed) => lockSeries(client, keyed),
  tariffs: () => readTariffs(client),
  readAt: (requests) => readAt(client, requests),
  readWindows: (requests) => readWindows(client, requests),
  write: (changes) => write(client, changes),
  countDropped: (dropped) => countDropped(client, dropped),
});

interface Keyed {
  readonly key: SeriesKey;
}

async function lockSeries<One extends Keyed>(client: pg.ClientBase, keyed: readonly One[]) {
  const projectNames = [...new Set(keyed.map(({ key }) => key.projectName))];
  await client.query("savepoint before_locks");
  const locked = await lockProjects(client, projectNames);
  let found = await findSeries(client, keyed);
  const missing = found.flatMap(({ one, row }) => (row === undefined ? [one.key] : []));
  if (missing.length > 0 || locked < projectNames.length) {
    // Two billers that hold locks and both wait to insert would deadlock; release the locks first.
    await client.query("rollback to savepoint before_locks");
    await insertProjects(client, [...new Set(missing.map((key) => key.projectName))]);
    await insertSeries(client, missing);
    await lockProjects(client, projectNames);
    found = await findSeries(client, keyed);
  }
  const rows = found.map(({ one, row }) => {
    if (row === undefined) throw new Error(`series ${JSON.stringify(one.key)} is gone`);
    return { one, row };
  });
  const discardsOf = await readDiscards(
    client,
    rows.map(({ row }) => row.series_id),
  );
  return rows.map(({ one, row }) => ({ ...one, series: toStoredSeries(row, discardsOf) }));
}

/** Each with its row, if it is stored. */
async function findSeries<One extends Keyed>(client: pg.ClientBase, keyed: readonly One[]) {
  const rows = await selectSeries(
    client,
    keyed.map(({ key }) => key),
  );
  const byPosition = new Map(rows.map((row) => [row.position, row]));
  return keyed.map((one, index) => ({ one, row: byPosition.get(index + 1) }));
}

async function readAt<Request extends TimesRequest>(
  client: pg.ClientBase,
  requests: readonly Request[],
) {
  const times = requests.flatMap(({ seriesId, timesMs }) =>
    timesMs.map((timeMs) => ({ seriesId, timeMs })),
  );
  const rows =
    times.length === 0
      ? []
      : await selectMeasurementsAt(
          client,
          times.map(({ seriesId }) => seriesId),
          times.map(({ timeMs }) => timeMs),
        );
  const bySeries = Map.groupBy(rows, (row) => row.series_id);
  return requests.map((request) => {
    const stored = (bySeries.get(request.seriesId) ?? []).map(toSample);
    return { ...request, stored: stored.sort((a, b) => a.timeMs - b.timeMs) };
  });
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
