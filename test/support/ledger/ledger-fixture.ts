import { formatDecimal, VALUE_SCALE } from "../../../lib/billing/decimal.ts";
import type { Measurement } from "../../../lib/billing/measurement.ts";
import { withLedger } from "../../../lib/postgres/ledger/billing-ledger.ts";
import { readCreditHistory, readProjectCredits } from "../../../lib/postgres/reading/credits.ts";
import type { TestDatabase } from "../servers/database.ts";
import { billMeasurements } from "./bill-measurements.ts";
import { readStoredSamples } from "./stored-samples.ts";

/** When the tests' measurements begin: minute 0. */
export const begin = Date.UTC(2026, 10, 23, 9, 0);
export const minute = 60_000;
export const at = (minutes: number) => begin + minutes * minute;

export const measured = (
  projectName: string,
  minutes: number,
  value: string,
  key: Partial<Measurement> = {},
): Measurement => ({
  projectName,
  metric: "project_vcpu_usage",
  site: "8676",
  resource: "a1",
  timeMs: at(minutes),
  value,
  ...key,
});

/** The ledger of a project as far as tests ask for it. */
export const ledgerOf = (database: TestDatabase) => ({
  bill: (...measurements: Measurement[]) =>
    billMeasurements(measurements, withLedger(database.pool)),
  used: async (projectName: string) =>
    Number((await readProjectCredits(database.pool, projectName))?.usedCredits),
  steps: async (projectName: string) =>
    (await readCreditHistory(database.pool, { projectName, from: null, to: null })).steps,
  stored: async (projectName: string) => {
    const samples = (await readStoredSamples(database.pool, projectName)).flatMap(
      (one) => one.samples,
    );
    return samples.map(({ timeMs, value }) => [
      (timeMs - begin) / minute,
      Number(formatDecimal(value, VALUE_SCALE)),
    ]);
  },
  corrections: async (projectName: string) => {
    const { rows } = await database.pool.query(
      `select reason, actor, note, credits_before::float8 as before, credits_after::float8 as after
         from corrections join series using (series_id) join projects using (project_id)
        where project_name = $1 order by correction_id`,
      [projectName],
    );
    return rows;
  },
  refused: async (projectName: string) => {
    const { rows } = await database.pool.query(
      `select measurements_refused.reason, value::float8, count::int
         from measurements_refused join series using (series_id) join projects using (project_id)
        where project_name = $1 order by hour, reason`,
      [projectName],
    );
    return rows;
  },
});
