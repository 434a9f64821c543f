import type pg from "pg";
import { parseCredits } from "../../billing/credits.ts";
import { parseDecimal, VALUE_SCALE } from "../../billing/decimal.ts";
import type { SeriesScope } from "../../usecases/ledger/stored-series.ts";
import {
  type ExplainedProjectHour,
  explainProjectHour,
  type HourCorrection,
  type HourDecision,
  type HourReader,
} from "../../usecases/reading/explain-hour.ts";
import { inSnapshot } from "../database/in-transaction.ts";
import { readWindows } from "../ledger/read-samples.ts";
import { readProjectSeries } from "../ledger/stored-series.ts";
import { readTariffs } from "../ledger/tariffs.ts";
import { reading } from "./credits.ts";
import { selectHour } from "./queries/select-hour.ts";
import { selectHourAdjustments } from "./queries/select-hour-adjustments.ts";
import {
  type HourCorrectionRow,
  selectHourCorrections,
} from "./queries/select-hour-corrections.ts";
import { type HourDecisionRow, selectHourDecisions } from "./queries/select-hour-decisions.ts";

// An hour that was changed more often than this is explained by the last changes as well as by all.
const changesMax = 1_000;

/** How an hour came about, as of one instant. Throws `Unavailable` and `HourTooLarge`. */
export const readExplainedHour = (
  pool: pg.Pool,
  projectName: string,
  scope: SeriesScope,
  hourMs: number,
): Promise<ExplainedProjectHour> =>
  reading(() =>
    inSnapshot(pool, (client) =>
      explainProjectHour(hourReader(client), projectName, scope, hourMs),
    ),
  );

const hourReader = (client: pg.ClientBase): HourReader => ({
  tariffs: () => readTariffs(client),
  readWindows: (requests) => readWindows(client, requests),
  series: (projectName, scope) => readProjectSeries(client, projectName, scope),
  async ledgerHour(seriesIds, hour) {
    const rows = await selectHour(client, seriesIds, hour);
    return new Map(
      rows.map((row) => [
        row.series_id,
        { usage: parseDecimal(row.usage, VALUE_SCALE), credits: parseCredits(row.credits) },
      ]),
    );
  },
  async corrections(seriesIds, hour) {
    const rows = await selectHourCorrections(client, seriesIds, hour, changesMax);
    return bySeries(rows, toCorrection);
  },
  async decisions(seriesIds, hour) {
    const rows = await selectHourDecisions(client, seriesIds, hour, changesMax);
    return bySeries(rows, toDecision);
  },
  adjustments: async (projectName, hour) =>
    (await selectHourAdjustments(client, projectName, hour)).map((row) => ({
      atMs: row.at_ms,
      credits: parseCredits(row.credits),
      reason: row.reason,
      actor: row.actor,
    })),
});

/** What was read with the latest first, series by series in the order of time. */
function bySeries<Row extends { readonly series_id: number }, Change>(
  rows: readonly Row[],
  toChange: (row: Row) => Change,
): ReadonlyMap<number, readonly Change[]> {
  const rowsBySeries = Map.groupBy(rows, (row) => row.series_id);
  return new Map(
    [...rowsBySeries].map(([seriesId, own]) => [seriesId, own.map(toChange).toReversed()]),
  );
}

const toDecision = (row: HourDecisionRow): HourDecision => ({
  decision: row.decision,
  fromMs: row.from_ms,
  untilMs: row.until_ms,
  atMs: row.at_ms,
  actor: row.actor,
  reason: row.reason,
});

const toCorrection = (row: HourCorrectionRow): HourCorrection => ({
  atMs: row.at_ms,
  reason: row.reason,
  actor: row.actor,
  note: row.note,
  fromHourMs: row.from_ms,
  untilHourMs: row.until_ms,
  creditsBefore: parseCredits(row.credits_before),
  creditsAfter: parseCredits(row.credits_after),
});
