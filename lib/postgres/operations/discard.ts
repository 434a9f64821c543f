import type pg from "pg";
import type {
  DiscardLedger,
  DiscardPorts,
} from "../../usecases/operations/discard-measurements.ts";
import { inTransaction } from "../database/in-transaction.ts";
import type { Pool } from "../database/pool.ts";
import { lockProjectSeries, readWindows, writeSeriesState } from "../ledger/stored-series.ts";
import { readTariffs } from "../ledger/tariffs.ts";
import { writeHours } from "../ledger/write-hours.ts";
import { deleteMeasurementsBetween } from "./queries/delete-measurements-between.ts";
import { insertDiscard } from "./queries/insert-discard.ts";
import { selectProjectsInScope } from "./queries/select-projects-in-scope.ts";

export const discardPorts = (pool: Pool): DiscardPorts => ({
  projectsIn: (scope) => selectProjectsInScope(pool, scope, null),
  withLedger: (work) => inTransaction(pool, (client) => work(discardLedger(client))),
});

const discardLedger = (client: pg.ClientBase): DiscardLedger => ({
  lockSeries: (projectName, scope) => lockProjectSeries(client, projectName, scope),
  tariffs: () => readTariffs(client),
  readWindows: (requests) => readWindows(client, requests),
  async discard({ series, samples, hours, state }, { range, actor, reason }) {
    const { seriesId, projectId } = series;
    const [measurements, first, last] = [samples.length, samples[0], samples.at(-1)];
    await insertDiscard(client, { seriesId, ...range, measurements, actor, reason });
    if (first === undefined || last === undefined) return;
    await deleteMeasurementsBetween(client, seriesId, first.timeMs, last.timeMs);
    const cause = { reason: "discard", actor, note: reason } as const;
    await writeHours(client, [{ seriesId, projectId, hours, corrections: hours }], cause);
    await writeSeriesState(client, seriesId, state);
  },
});
