import type pg from "pg";
import type { Sample } from "../../../lib/billing/sample.ts";
import { inTransaction } from "../../../lib/postgres/database/in-transaction.ts";
import { readWindows } from "../../../lib/postgres/ledger/read-samples.ts";
import { readProjectSeries } from "../../../lib/postgres/ledger/stored-series.ts";
import { appendSamples } from "../../../lib/segments/append.ts";
import { everySeries } from "../../../lib/usecases/ledger/stored-series.ts";

export interface StoredSamples {
  readonly seriesId: number;
  readonly metric: string;
  readonly site: string;
  readonly resource: string;
  /** Ascending. */
  readonly samples: readonly Sample[];
}

/** The stored samples of each series of a project. */
export const readStoredSamples = (
  pool: pg.Pool,
  projectName: string,
): Promise<readonly StoredSamples[]> =>
  inTransaction(pool, async (client) => {
    const all = await readProjectSeries(client, projectName, everySeries);
    const requests = all.map((series) => ({ ...series, fromMs: null, toMs: null }));
    return (await readWindows(client, requests)).map(({ read, ...series }) => {
      const { seriesId, metric, site, resource } = series;
      return { seriesId, metric, site, resource, samples: read };
    });
  });

/** Stores these samples, at least one, instead of what a series has in its open segment, and nothing else. */
export async function replaceOpenSegment(
  pool: pg.Pool,
  seriesId: number,
  samples: readonly Sample[],
): Promise<void> {
  const { bytes, end } = appendSamples(null, samples);
  await pool.query(
    `update series_heads
        set segment = $2, segment_count = $3, segment_step_ms = $4, segment_decimals = $5,
            segment_from = to_timestamp($6::float8 / 1000)
      where series_id = $1`,
    [seriesId, Buffer.from(bytes), end.count, end.stepMs, end.decimals, samples[0]?.timeMs],
  );
}
