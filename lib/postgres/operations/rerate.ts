import type pg from "pg";
import { planRerate } from "../../billing/rerate-plan.ts";
import { type TariffRecord, tariffBook } from "../../billing/tariff-book.ts";
import { everySeries } from "../../usecases/ledger/stored-series.ts";
import type {
  RerateLedger,
  RerateOrder,
  ReratePorts,
  RerateRun,
} from "../../usecases/operations/rerate.ts";
import { inTransaction } from "../database/in-transaction.ts";
import type { Pool } from "../database/pool.ts";
import { selectClock } from "../database/queries/select-clock.ts";
import { toTariffRow } from "../ledger/apply-tariffs.ts";
import { readHead } from "../ledger/heads.ts";
import { readHeldIncreases } from "../ledger/held-increases.ts";
import { readHourlyCosts } from "../ledger/hourly-costs.ts";
import { insertTariffs } from "../ledger/queries/insert-tariffs.ts";
import { lockTariffs } from "../ledger/queries/lock-tariffs.ts";
import { selectGeneralRerates } from "../ledger/queries/select-general-rerates.ts";
import { readWindows } from "../ledger/read-samples.ts";
import { lockProjectSeries } from "../ledger/stored-series.ts";
import { readTariffRecords, readTariffs } from "../ledger/tariffs.ts";
import { nothingRemoved, writeOneSeries } from "../ledger/write-series.ts";
import { insertRerate } from "./queries/insert-rerate.ts";
import { selectProjectsInScope } from "./queries/select-projects-in-scope.ts";
import { selectUnfinishedRerate } from "./queries/select-unfinished-rerate.ts";
import { updateRerateFinished } from "./queries/update-rerate-finished.ts";
import { updateSeriesRerated } from "./queries/update-series-rerated.ts";

// No re-rating has this id: the tariffs of a dry run are never recorded.
const dryRunId = 0;

export const reratePorts = (pool: Pool): ReratePorts => ({
  begin: (order, dryRun) =>
    inTransaction(pool, (client) => (dryRun ? planDryRun(client, order) : begin(client, order))),
  outstanding: (scope, rerateId) =>
    selectProjectsInScope(pool, { ...everySeries, ...scope }, rerateId),
  withLedger: (work) => inTransaction(pool, (client) => work(rerateLedger(client))),
  finish: (rerateId) => updateRerateFinished(pool, rerateId),
});

async function begin(client: pg.ClientBase, order: RerateOrder): Promise<RerateRun> {
  // While this lock is held no biller is at work: a series that is created later contains the
  // re-rating, and `outstanding` finds every earlier one.
  await lockTariffs(client);
  const tariffs = (ledger: RerateLedger) => ledger.tariffs();
  const request = requestOf(order);
  const unfinished = await selectUnfinishedRerate(client, request);
  if (unfinished !== undefined) return { rerateId: unfinished, isResumed: true, tariffs };
  const planned = await plan(client, order, await readTariffRecords(client));
  const { actor, reason, scope } = order;
  const rerateId = await insertRerate(client, { ...scope, request, actor, reason });
  const rows = planned.map((one) => toTariffRow(one.metric, one, one.period));
  if (rows.length > 0) await insertTariffs(client, rows, { actor, rerateId });
  return { rerateId, isResumed: false, tariffs };
}

/** The run as it would be: its tariffs are added to those that were read. */
async function planDryRun(client: pg.ClientBase, order: RerateOrder): Promise<RerateRun> {
  const records = await readTariffRecords(client);
  const unfinished = await selectUnfinishedRerate(client, requestOf(order));
  if (unfinished !== undefined) {
    return { rerateId: unfinished, isResumed: true, tariffs: (ledger) => ledger.tariffs() };
  }
  const planned = await plan(client, order, records);
  const dryRunRecords = planned.map((one): TariffRecord => ({ ...one, rerateId: dryRunId }));
  const tariffOf = tariffBook([...records, ...dryRunRecords]);
  return { rerateId: dryRunId, isResumed: false, tariffs: async () => tariffOf };
}

async function plan(
  client: pg.ClientBase,
  { sinceMs, prices }: RerateOrder,
  records: readonly TariffRecord[],
): Promise<readonly TariffRecord[]> {
  const generalRerates = await selectGeneralRerates(client);
  return planRerate({ records, generalRerates, sinceMs, prices, nowMs: await selectClock(client) });
}

/** The same order always gives the same text; who gives it, and why, does not matter. */
const requestOf = ({ scope, sinceMs, prices }: RerateOrder): string =>
  JSON.stringify({
    project: scope.projectName,
    site: scope.site,
    since: new Date(sinceMs).toISOString(),
    prices: prices.map(({ metric, credits, fromMs }) => [metric, String(credits), fromMs]),
  });

const rerateLedger = (client: pg.ClientBase): RerateLedger => ({
  lockSeries: (projectName, scope) =>
    lockProjectSeries(client, projectName, { ...everySeries, ...scope }),
  tariffs: () => readTariffs(client),
  readWindows: (requests) => readWindows(client, requests),
  hourlyCosts: (seriesId, fromHourMs) => readHourlyCosts(client, seriesId, fromHourMs),
  heldIncreases: (seriesId, fromMs) => readHeldIncreases(client, seriesId, fromMs),
  async book({ series, hours, held, state }, rerateId, { actor, reason }) {
    const { seriesId } = series;
    await updateSeriesRerated(client, seriesId, rerateId);
    if (state.last === null) return;
    const head = await readHead(client, series);
    const removedMs = nothingRemoved;
    const write = { head, samples: [], removedMs, hours, corrections: hours, held, state };
    await writeOneSeries(client, write, { reason: "re-rating", actor, note: reason });
  },
});
