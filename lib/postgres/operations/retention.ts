import type pg from "pg";
import { formatCredits } from "../../billing/credits.ts";
import { formatDecimal, VALUE_SCALE } from "../../billing/decimal.ts";
import { everySeries } from "../../usecases/ledger/stored-series.ts";
import type {
  Floor,
  RetentionLedger,
  RetentionPorts,
} from "../../usecases/operations/remove-old-measurements.ts";
import { inTransaction } from "../database/in-transaction.ts";
import type { Pool } from "../database/pool.ts";
import { readWindows } from "../ledger/read-samples.ts";
import { lockProjectSeries } from "../ledger/stored-series.ts";
import { readTariffs } from "../ledger/tariffs.ts";
import { deleteSettledSegments } from "./queries/delete-settled-segments.ts";
import { emptySettledHeads } from "./queries/empty-settled-heads.ts";
import { selectProjectsBefore } from "./queries/select-projects-before.ts";
import { updateFloors } from "./queries/update-floors.ts";

// Half a second of work: nobody waits for these rows, but the log of the database has to take them.
const batchSize = 10_000;

export const retentionPorts = (pool: Pool): RetentionPorts => ({
  projectsBefore: (horizonMs) => selectProjectsBefore(pool, horizonMs),
  withLedger: (work) => inTransaction(pool, (client) => work(retentionLedger(client))),
  deleteBatch: () => deleteSettledSegments(pool, batchSize),
});

const retentionLedger = (client: pg.ClientBase): RetentionLedger => ({
  lockSeries: (projectName) => lockProjectSeries(client, projectName, everySeries),
  tariffs: () => readTariffs(client),
  readWindows: (requests) => readWindows(client, requests),
  async moveFloors(floors) {
    const columns = toColumns(floors);
    await updateFloors(client, columns);
    await emptySettledHeads(client, columns.seriesIds);
  },
});

const toColumns = (floors: readonly Floor[]) => ({
  seriesIds: floors.map(({ seriesId }) => seriesId),
  timesMs: floors.map(({ sample }) => sample.timeMs),
  values: floors.map(({ sample }) => formatDecimal(sample.value, VALUE_SCALE)),
  usages: floors.map(({ part }) => formatDecimal(part.usage, VALUE_SCALE)),
  credits: floors.map(({ part }) => formatCredits(part.credits)),
});
