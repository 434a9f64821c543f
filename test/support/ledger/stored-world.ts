import type pg from "pg";
import { readLedgerState } from "./ledger-state.ts";
import { readStoredSamples } from "./stored-samples.ts";

/** All that the bill is made of: every sample behind its series' floor, every hour, every balance. */
export async function readStoredWorld(pool: pg.Pool) {
  const { rows: projects } = await pool.query("select project_name from projects order by 1");
  const { rows: floors } = await pool.query(
    "select series_id, extract(epoch from floor_time)::float8 * 1000 as floor_ms from series",
  );
  const floorOf = new Map(floors.map((row) => [row.series_id, row.floor_ms ?? -Infinity]));
  const samples = new Map<string, string[]>();
  for (const { project_name: name } of projects) {
    for (const series of await readStoredSamples(pool, name)) {
      const key = JSON.stringify([name, series.metric, series.site, series.resource]);
      const behind = series.samples.filter(({ timeMs }) => timeMs > floorOf.get(series.seriesId));
      samples.set(
        key,
        behind.map(({ timeMs, value }) => `${timeMs} ${value}`),
      );
    }
  }
  return { samples, ...(await readLedgerState(pool)) };
}
