import type pg from "pg";
import { type DecimalText, formatDecimal, VALUE_SCALE } from "../../billing/decimal.ts";
import type { SeriesScope } from "../../usecases/ledger/stored-series.ts";
import type { HoldLedger, HoldPorts } from "../../usecases/operations/decide-holds.ts";
import { inTransaction } from "../database/in-transaction.ts";
import type { Pool } from "../database/pool.ts";
import { readHead } from "../ledger/heads.ts";
import { readHeldIncreases } from "../ledger/held-increases.ts";
import { readSegmentsAt, readWindows } from "../ledger/read-samples.ts";
import { lockProjectSeries } from "../ledger/stored-series.ts";
import { readTariffs } from "../ledger/tariffs.ts";
import { nothingRemoved, writeOneSeries } from "../ledger/write-series.ts";
import { insertHoldDecisions } from "./queries/insert-hold-decisions.ts";
import { type HoldRow, selectHolds } from "./queries/select-holds.ts";
import { selectProjectsInScope } from "./queries/select-projects-in-scope.ts";

export const holdPorts = (pool: Pool): HoldPorts => ({
  projectsIn: (scope) => selectProjectsInScope(pool, scope, null),
  withLedger: (work) => inTransaction(pool, (client) => work(holdLedger(client))),
});

const holdLedger = (client: pg.ClientBase): HoldLedger => ({
  lockSeries: (projectName, scope) => lockProjectSeries(client, projectName, scope),
  tariffs: () => readTariffs(client),
  readWindows: (requests) => readWindows(client, requests),
  heldIncreases: (seriesId, fromMs) => readHeldIncreases(client, seriesId, fromMs),
  async decide({ series, decisions, hours, held }, { actor, reason }) {
    await insertHoldDecisions(client, series.seriesId, decisions, { actor, reason });
    const head = await readHead(client, series);
    const { state } = series;
    const [samples, removedMs] = [[], nothingRemoved];
    const write = { head, samples, removedMs, hours, corrections: hours, held, state };
    await writeOneSeries(client, write, { reason: "hold", actor, note: reason });
  },
});

/** A held increase with the values that it lies between; null: not stored any more, or no measurement. */
export interface Hold extends HoldRow {
  readonly fromValue: DecimalText | null;
  readonly untilValue: DecimalText | null;
}

const pageSize = 500;

/** What is held in the scope, series by series in the order of time, page by page. */
export async function* holdsIn(
  client: pg.ClientBase,
  scope: SeriesScope,
): AsyncGenerator<readonly Hold[]> {
  let after: HoldRow | null = null;
  for (;;) {
    const rows: readonly HoldRow[] = await selectHolds(client, scope, after, pageSize);
    if (rows.length > 0) yield await withValues(client, rows);
    if (rows.length < pageSize) return;
    after = rows.at(-1) ?? null;
  }
}

async function withValues(
  client: pg.ClientBase,
  rows: readonly HoldRow[],
): Promise<readonly Hold[]> {
  const bySeries = [...Map.groupBy(rows, (row) => row.series_id)];
  const segments = await readSegmentsAt(
    client,
    bySeries.map(([seriesId, own]) => ({
      seriesId,
      timesMs: own.flatMap((row) => [row.from_ms, row.until_ms]),
    })),
  );
  return bySeries.flatMap(([seriesId, own]) => {
    const stored = (segments.get(seriesId) ?? []).flatMap(({ samples }) => samples);
    const values = new Map(stored.map(({ timeMs, value }) => [timeMs, value]));
    const valueAt = (timeMs: number) => {
      const value = values.get(timeMs);
      return value === undefined ? null : formatDecimal(value, VALUE_SCALE);
    };
    return own.map((row) => ({
      ...row,
      fromValue: valueAt(row.from_ms),
      untilValue: valueAt(row.until_ms),
    }));
  });
}
