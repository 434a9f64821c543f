import { dayMs, hourMs, hourOf } from "../../../lib/billing/time.ts";
import { type BenchDatabase, createBenchDatabase } from "../bench-database.ts";
import { metrics, projectName, Workload } from "../billing/workload.ts";
import { copyProject } from "../copy-project.ts";
import { quantile } from "../statistics.ts";
import type { Row } from "../table.ts";
import { Readers } from "./readers.ts";

const prefix = "reading";
const projects = 1_000;
const days = 365;
/** Not on the full hour, so that each hour's amount is a cut with as many digits as they have. */
const offsetMs = 7_000;
const batchSamples = 24;

export interface Read {
  readonly name: string;
  readonly file: "read-current-credits" | "read-credit-history";
  /** How far the history reaches back; undefined: it is read whole. */
  readonly reachMs?: number;
  /** How many steps of it are asked for; undefined: all that an answer has. */
  readonly points?: number;
}

const reads: readonly (Read & { readonly p99MsMax: number; readonly rateMin?: number })[] = [
  { name: "current credits", file: "read-current-credits", p99MsMax: 30, rateMin: 1_000 },
  { name: "history of a day", file: "read-credit-history", reachMs: dayMs, p99MsMax: 50 },
  { name: "history of a month", file: "read-credit-history", reachMs: 30 * dayMs, p99MsMax: 50 },
  { name: "history of a year", file: "read-credit-history", p99MsMax: 150 },
  { name: "25 points of a year", file: "read-credit-history", points: 25, p99MsMax: 150 },
];

/** How long readers wait where 1,000 projects have a year's ledger of two metrics; histories are read whole. */
export async function measureReads(serverUrl: string, seconds: number): Promise<readonly Row[]> {
  await using database = await createBenchDatabase(serverUrl);
  await fillYear(database);
  await using readers = new Readers(database.url, { prefix, projects });
  const rows: Row[] = [];
  for (const read of reads) {
    await readers.read(read, Math.min(seconds, 2));
    const { latenciesMs, cpuMs } = await readers.read(read, seconds);
    const p99Ms = quantile(latenciesMs, 0.99);
    const rate = latenciesMs.length / seconds;
    rows.push(
      {
        what: `${read.name}, p99`,
        figure: `${p99Ms.toFixed(1)} ms (median ${quantile(latenciesMs, 0.5).toFixed(1)})`,
        value: p99Ms,
        most: read.p99MsMax,
      },
      {
        what: `${read.name}, answers`,
        figure: `${Math.round(rate).toLocaleString("en")}/s`,
        ...(read.rateMin === undefined ? {} : { value: rate, target: read.rateMin }),
      },
      {
        what: "and processor time without the database's",
        figure: `${(cpuMs / latenciesMs.length).toFixed(2)} ms`,
      },
    );
  }
  return rows;
}

/** One project is billed, a sample an hour up to now; the others are its copies. */
async function fillYear({ bill, pool }: BenchDatabase): Promise<void> {
  const workload = new Workload({
    prefix,
    seriesCount: metrics.length,
    startMs: hourOf(Date.now()) - days * dayMs + offsetMs,
    scrapeMs: hourMs,
  });
  for (let day = 0; day < days; day += 1) await bill(workload.take(metrics.length, batchSamples));
  const nameOf = (project: number) => projectName(prefix, project);
  await copyProject(pool, { name: nameOf(0), projects, nameOf });
}
