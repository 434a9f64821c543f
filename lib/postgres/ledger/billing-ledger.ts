import type pg from "pg";
import { formatDecimal, VALUE_SCALE } from "../../billing/decimal.ts";
import type {
  Ledger,
  SeriesChange,
  TimesRequest,
  WithLedger,
} from "../../usecases/ledger/bill-measurements.ts";
import type { DroppedSamples } from "../../usecases/ledger/dropped-samples.ts";
import { inTransaction } from "../database/in-transaction.ts";
import type { Pool } from "../database/pool.ts";
import { type Head, toHead } from "./heads.ts";
import { lockSeries } from "./lock-series.ts";
import { upsertMeasurementConflicts } from "./queries/upsert-measurement-conflicts.ts";
import { upsertMeasurementsRefused } from "./queries/upsert-measurements-refused.ts";
import { upsertSamplesDropped } from "./queries/upsert-samples-dropped.ts";
import { readSegmentsAt, readWindows, type StoredSegment } from "./read-samples.ts";
import { readTariffs } from "./tariffs.ts";
import { nothingRemoved, type SeriesWrite, writeSeries } from "./write-series.ts";

/** The ledger in PostgreSQL: one transaction at READ COMMITTED, the projects concerned locked. */
export const withLedger =
  (pool: Pool): WithLedger =>
  (work) =>
    inTransaction(pool, (client) => work(ledgerOf(client)));

/** Remembers the heads and segments that it reads: what is written builds on them. */
function ledgerOf(client: pg.ClientBase): Ledger {
  const heads = new Map<number, Head>();
  const segments = new Map<number, readonly StoredSegment[]>();
  return {
    async lockSeries(keyed) {
      const locked = await lockSeries(client, keyed);
      for (const { row } of locked) heads.set(row.series_id, toHead(row));
      return locked.map(({ one, series }) => ({ ...one, series }));
    },
    tariffs: () => readTariffs(client),
    async readAt(requests) {
      for (const [id, read] of await readSegmentsAt(client, requests)) segments.set(id, read);
      return requests.map((request) => ({
        ...request,
        stored: samplesAt(segments.get(request.seriesId) ?? [], request),
      }));
    },
    readWindows: (requests) => readWindows(client, requests),
    write: (changes) => write(client, changes, heads, segments),
    countDropped: (dropped) => countDropped(client, dropped),
  };
}

function samplesAt(segments: readonly StoredSegment[], { timesMs }: TimesRequest) {
  if (segments.length === 0) return [];
  const wanted = new Set(timesMs);
  return segments.flatMap(({ samples }) => samples.filter(({ timeMs }) => wanted.has(timeMs)));
}

async function write(
  client: pg.ClientBase,
  changes: readonly SeriesChange[],
  heads: ReadonlyMap<number, Head>,
  segments: ReadonlyMap<number, readonly StoredSegment[]>,
): Promise<void> {
  await writeConflicts(client, changes);
  await writeRefused(client, changes);
  const writes = changes
    .filter(({ samples }) => samples.length > 0)
    .map((change): SeriesWrite => {
      const head = heads.get(change.seriesId);
      if (head === undefined) throw new Error(`series ${change.seriesId} is not locked`);
      return { ...change, head, removedMs: nothingRemoved };
    });
  const cause = { reason: "late", actor: "biller", note: null } as const;
  if (writes.length > 0) await writeSeries(client, writes, cause, segments);
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
