import type pg from "pg";
import type {
  DiscardLedger,
  DiscardPorts,
} from "../../usecases/operations/discard-measurements.ts";
import { inTransaction } from "../database/in-transaction.ts";
import type { Pool } from "../database/pool.ts";
import { readHead } from "../ledger/heads.ts";
import { readWindows } from "../ledger/read-samples.ts";
import { lockProjectSeries } from "../ledger/stored-series.ts";
import { readTariffs } from "../ledger/tariffs.ts";
import { writeOneSeries } from "../ledger/write-series.ts";
import { insertDiscard } from "./queries/insert-discard.ts";
import { selectProjectsInScope } from "./queries/select-projects-in-scope.ts";
import { updateFirstTime } from "./queries/update-first-time.ts";

export const discardPorts = (pool: Pool): DiscardPorts => ({
  projectsIn: (scope) => selectProjectsInScope(pool, scope, null),
  withLedger: (work) => inTransaction(pool, (client) => work(discardLedger(client))),
});

const discardLedger = (client: pg.ClientBase): DiscardLedger => ({
  lockSeries: (projectName, scope) => lockProjectSeries(client, projectName, scope),
  tariffs: () => readTariffs(client),
  readWindows: (requests) => readWindows(client, requests),
  async discard({ series, samples, hours, held, state }, { range, actor, reason }) {
    const { seriesId } = series;
    await insertDiscard(client, {
      seriesId,
      ...range,
      measurements: samples.length,
      actor,
      reason,
    });
    if (samples.length === 0) return;
    const head = await readHead(client, series);
    const removedMs = new Set(samples.map(({ timeMs }) => timeMs));
    const write = { head, samples: [], removedMs, hours, corrections: hours, held, state };
    await writeOneSeries(client, write, { reason: "discard", actor, note: reason });
    await updateFirstTime(client, seriesId);
  },
});
