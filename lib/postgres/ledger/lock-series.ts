import type pg from "pg";
import type { SeriesKey } from "../../billing/measurement.ts";
import type { StoredSeries } from "../../usecases/ledger/stored-series.ts";
import { insertProjects } from "./queries/insert-projects.ts";
import { insertSeries } from "./queries/insert-series.ts";
import { lockProjects } from "./queries/lock-projects.ts";
import { type HeadRow, selectHeads } from "./queries/select-heads.ts";
import { selectSeriesIds } from "./queries/select-series-ids.ts";
import { readDiscards, toStoredSeries } from "./stored-series.ts";

interface Keyed {
  readonly key: SeriesKey;
}

export interface LockedSeries<One> {
  readonly one: One;
  readonly row: HeadRow;
  readonly series: StoredSeries;
}

/** Each with its series, which is created where it is missing; locks their projects. */
export async function lockSeries<One extends Keyed>(
  client: pg.ClientBase,
  keyed: readonly One[],
): Promise<readonly LockedSeries<One>[]> {
  const found = await lockProjectsOf(client, keyed);
  const ids = found.map(({ seriesId }) => seriesId);
  const rows = new Map((await selectHeads(client, ids)).map((row) => [row.series_id, row]));
  const discardsOf = await readDiscards(client, ids);
  return found.map(({ one, seriesId }) => {
    const row = rows.get(seriesId);
    if (row === undefined) throw new Error(`series ${seriesId} has no head`);
    return { one, row, series: toStoredSeries(row, discardsOf) };
  });
}

async function lockProjectsOf<One extends Keyed>(client: pg.ClientBase, keyed: readonly One[]) {
  const projectNames = [...new Set(keyed.map(({ key }) => key.projectName))];
  await client.query("savepoint before_locks");
  const locked = await lockProjects(client, projectNames);
  let found = await findSeries(client, keyed);
  const missing = found.flatMap(({ one, seriesId }) => (seriesId === undefined ? [one.key] : []));
  if (missing.length > 0 || locked < projectNames.length) {
    // Two billers that hold locks and both wait to insert would deadlock; release the locks first.
    await client.query("rollback to savepoint before_locks");
    await insertProjects(client, [...new Set(missing.map((key) => key.projectName))]);
    await insertSeries(client, missing);
    await lockProjects(client, projectNames);
    found = await findSeries(client, keyed);
  }
  return found.map(({ one, seriesId }) => {
    if (seriesId === undefined) throw new Error(`series ${JSON.stringify(one.key)} is gone`);
    return { one, seriesId };
  });
}

/** Each with the id of its series, if it is stored. */
async function findSeries<One extends Keyed>(client: pg.ClientBase, keyed: readonly One[]) {
  const rows = await selectSeriesIds(
    client,
    keyed.map(({ key }) => key),
  );
  const byPosition = new Map(rows.map((row) => [row.position, row.series_id]));
  return keyed.map((one, index) => ({ one, seriesId: byPosition.get(index + 1) }));
}
