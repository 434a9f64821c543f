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
import { lockProjectSeries, readWindows } from "../ledger/stored-series.ts";
import { readTariffs } from "../ledger/tariffs.ts";
import { deleteMeasurementsBefore } from "./queries/delete-measurements-before.ts";
import { dropChunks } from "./queries/drop-chunks.ts";
import { selectProjectsBefore } from "./queries/select-projects-before.ts";
import { updateFloors } from "./queries/update-floors.ts";

// Half a second of work: nobody waits for these rows, but the log of the database has to take them.
const batchSize = 20_000;

export const retentionPorts = (pool: Pool): RetentionPorts => ({
  projectsBefore: (horizonMs) => selectProjectsBefore(pool, horizonMs),
  withLedger: (work) => inTransaction(pool, (client) => work(retentionLedger(client))),
  dropBefore: (horizonMs) => inTransaction(pool, (client) => dropChunks(client, horizonMs)),
  deleteBatch: (beforeMs) => deleteMeasurementsBefore(pool, beforeMs, batchSize),
});

const retentionLedger = (client: pg.ClientBase): RetentionLedger => ({
  lockSeries: (projectName) => lockProjectSeries(client, projectName, everySeries),
  tariffs: () => readTariffs(client),
  readWindows: (requests) => readWindows(client, requests),
  moveFloors: (floors) => updateFloors(client, toColumns(floors)),
});

const toColumns = (floors: readonly Floor[]) => ({
  seriesIds: floors.map(({ seriesId }) => seriesId),
  timesMs: floors.map(({ sample }) => sample.timeMs),
  values: floors.map(({ sample }) => formatDecimal(sample.value, VALUE_SCALE)),
  usages: floors.map(({ part }) => formatDecimal(part.usage, VALUE_SCALE)),
  credits: floors.map(({ part }) => formatCredits(part.credits)),
});
