import { setImmediate } from "node:timers/promises";
import type pg from "pg";
import { formatDecimal, VALUE_SCALE } from "../../billing/decimal.ts";
import type { DroppedSamples } from "../../usecases/ledger/dropped-samples.ts";
import type {
  Ledger,
  SeriesChange,
  TimesRequest,
  WithLedger,
} from "../../usecases/ledger/ledger.ts";
import { inTransaction } from "../database/in-transaction.ts";
import type { Pool } from "../database/pool.ts";
import { forgetKnownSeries, knownSeriesOf, LockedSeries, SeriesGone } from "./locked-series.ts";
import { upsertMeasurementConflicts } from "./queries/upsert-measurement-conflicts.ts";
import { upsertMeasurementsRefused } from "./queries/upsert-measurements-refused.ts";
import { upsertSamplesDropped } from "./queries/upsert-samples-dropped.ts";
import { readSegmentsAt, readWindows, type StoredSegment } from "./read-samples.ts";
import { readTariffs } from "./tariffs.ts";
import { type ProjectCredits, writeUsedCredits } from "./used-credits.ts";
import { writeDoubts } from "./write-doubts.ts";
import { nothingRemoved, type SeriesWrite, writeSeries } from "./write-series.ts";

/**
 * The ledger in PostgreSQL: one transaction at READ COMMITTED, the projects concerned locked. A key may make
 * so many new series in an hour.
 */
export const withLedger =
  (pool: Pool, newSeriesPerHour = Number.POSITIVE_INFINITY): WithLedger =>
  async (work) => {
    const run = (client: pg.ClientBase) => work(ledgerOf(client, newSeriesPerHour));
    try {
      return await inTransaction(pool, run);
    } catch (error) {
      // What was remembered of the series may have been rolled back.
      forgetKnownSeries();
      if (!(error instanceof SeriesGone)) throw error;
      return inTransaction(pool, run);
    }
  };

/** Remembers the heads and segments that it reads: what is written builds on them. */
function ledgerOf(client: pg.ClientBase, newSeriesPerHour: number): Ledger {
  const series = new LockedSeries(client, knownSeriesOf(client), newSeriesPerHour);
  const segments = new Map<number, readonly StoredSegment[]>();
  const credits: ProjectCredits = new Map();
  return {
    lock: (keys) => series.lock(keys),
    async readSeries(keys) {
      const read = await series.read(keys);
      // What others ask for is sent before the caller occupies the thread with it.
      await setImmediate();
      return read;
    },
    tariffs: () => readTariffs(client),
    async readAt(requests) {
      const read = await readSegmentsAt(client, requests);
      for (const [seriesId, stored] of read) segments.set(seriesId, stored);
      return new Map(
        requests.map((one) => [one.seriesId, samplesAt(read.get(one.seriesId) ?? [], one)]),
      );
    },
    async readWindows(requests) {
      const windows = await readWindows(client, requests);
      for (const { seriesId, segments: read } of windows) segments.set(seriesId, read);
      return windows;
    },
    async write(changes) {
      await writeConflicts(client, changes);
      await writeRefused(client, changes);
      const writes = changes.flatMap((change): SeriesWrite[] => {
        if (change.samples.length === 0) return [];
        const { samples, hours, corrections, held, state } = change;
        const head = series.headOf(change.series.seriesId);
        return [{ head, samples, removedMs: nothingRemoved, hours, corrections, held, state }];
      });
      if (writes.length > 0) await writeSeries(client, writes, lateCause, segments, credits);
      series.keepTraits(await writeDoubts(client, changes));
      // Nothing reads a series again once it is written: keep no more than the chunks at work.
      for (const { series: written } of changes) segments.delete(written.seriesId);
    },
    async bookCredits() {
      await writeUsedCredits(client, credits);
      series.rememberTraits();
    },
    countDropped: (dropped) => countDropped(client, dropped),
  };
}

const lateCause = { reason: "late", actor: "biller", note: null } as const;

function samplesAt(segments: readonly StoredSegment[], { timesMs }: TimesRequest) {
  const wanted = new Set(timesMs);
  return segments.flatMap(({ samples }) => samples.filter(({ timeMs }) => wanted.has(timeMs)));
}

async function writeConflicts(
  client: pg.ClientBase,
  changes: readonly SeriesChange[],
): Promise<void> {
  const conflicts = changes.flatMap(({ series: { seriesId }, conflicts }) =>
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
  const refused = changes.flatMap(({ series: { seriesId }, refused }) =>
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
