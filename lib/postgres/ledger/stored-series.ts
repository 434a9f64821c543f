import type pg from "pg";
import { parseCredits } from "../../billing/credits.ts";
import { parseDecimal, VALUE_SCALE } from "../../billing/decimal.ts";
import type { NamedSeries, SeriesScope } from "../../usecases/ledger/stored-series.ts";
import { readDrops, sampleOrNull } from "./heads.ts";
import { lockProjects } from "./queries/lock-projects.ts";
import { selectProjectSeries } from "./queries/select-project-series.ts";
import { readRulings } from "./rulings.ts";

/** The project's series in the scope. */
export async function readProjectSeries(
  client: pg.ClientBase,
  projectName: string,
  scope: SeriesScope,
): Promise<readonly NamedSeries[]> {
  const rows = await selectProjectSeries(client, projectName, scope);
  const ids = rows.map((row) => row.series_id);
  const rulingsOf = await readRulings(client, ids);
  const drops = await readDrops(client, ids);
  return rows.map((row) => ({
    seriesId: row.series_id,
    projectId: row.project_id,
    rerateIds: row.rerate_ids,
    floor: sampleOrNull(row.floor_time_ms, row.floor_value),
    ...rulingsOf(row.series_id),
    state: {
      last: sampleOrNull(row.last_time_ms, row.last_value),
      openDrop: drops.get(row.series_id) ?? null,
    },
    metric: row.metric,
    site: row.site,
    resource: row.resource,
    floorPart:
      row.floor_usage === null || row.floor_credits === null
        ? null
        : {
            usage: parseDecimal(row.floor_usage, VALUE_SCALE),
            credits: parseCredits(row.floor_credits),
          },
  }));
}

/** The same, and nobody else changes the project until the transaction ends. */
export async function lockProjectSeries(
  client: pg.ClientBase,
  projectName: string,
  scope: SeriesScope,
): Promise<readonly NamedSeries[]> {
  await lockProjects(client, [projectName]);
  return readProjectSeries(client, projectName, scope);
}
