import type pg from "pg";
import { parseCredits } from "../../billing/credits.ts";
import { parseDecimal, VALUE_SCALE } from "../../billing/decimal.ts";
import type { SeriesScope } from "../../usecases/ledger/stored-series.ts";
import {
  type ExplainedProjectHour,
  explainProjectHour,
  type HourCorrection,
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

// An hour that was corrected more often than this is explained by the last ones as well as by all.
const correctionsMax = 1_000;

/** How an hour came about, as of one instant. Throws `Unavailable` and `TooManySeries`. */
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
    const rows = await selectHourCorrections(client, seriesIds, hour, correctionsMax);
    const bySeries = Map.groupBy(rows, (row) => row.series_id);
    return new Map(
      [...bySeries].map(([seriesId, own]) => [seriesId, own.map(toCorrection).toReversed()]),
    );
  },
  adjustments: async (projectName, hour) =>
    (await selectHourAdjustments(client, projectName, hour)).map((row) => ({
      atMs: row.at_ms,
      credits: parseCredits(row.credits),
      reason: row.reason,
      actor: row.actor,
    })),
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
