import { segmentSamplesMax } from "../../../lib/segments/segment-size.ts";
import type { BenchDatabase } from "../bench-database.ts";
import { copyProject } from "../copy-project.ts";
import { base, metrics, projectName, site, startMs, Workload } from "./workload.ts";

const idleDays = 40;
/** A whole number of batches makes a segment, which is as full as one that scrapes have filled. */
const batchSamples = segmentSamplesMax / 5;

/**
 * Stores measurements of `projects` × 2 series: a quarter of them spread over the 40 days before the
 * start (projects that did nothing yet), the rest one per scrape from the start on. One project is
 * billed, the others are its copies. Returns how many samples since the start each series has.
 */
export async function fill(
  database: BenchDatabase,
  prefix: string,
  projects: number,
  measurements: number,
): Promise<number> {
  const perSeries = Math.floor(measurements / (projects * metrics.length));
  const idle = Math.floor(perSeries / 4);
  const taken = perSeries - idle;
  await billIdle(database, projectName(prefix, 0), idle);
  const workload = new Workload({ prefix, seriesCount: metrics.length });
  for (let done = 0; done < taken; done += batchSamples) {
    await database.bill(workload.take(metrics.length, Math.min(batchSamples, taken - done)));
  }
  const nameOf = (project: number) => projectName(prefix, project);
  await copyProject(database.pool, { name: nameOf(0), projects, nameOf });
  return taken;
}

async function billIdle({ bill }: BenchDatabase, name: string, samples: number): Promise<void> {
  const stepMs = Math.floor((idleDays * 86_400_000) / Math.max(samples, 1) / 1000) * 1000;
  for (let left = samples; left > 0; left -= batchSamples) {
    const numbers = Array.from(
      { length: Math.min(batchSamples, left) },
      (_, index) => left - index,
    );
    await bill(
      metrics.flatMap((metric) =>
        numbers.map((number) => ({
          projectName: name,
          metric,
          site,
          resource: "",
          timeMs: startMs - number * stepMs,
          value: String(base),
        })),
      ),
    );
  }
}
