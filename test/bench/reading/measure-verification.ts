import { verificationPorts } from "../../../lib/postgres/operations/verification.ts";
import { isDrifting, verifyLedger } from "../../../lib/usecases/operations/verify-ledger.ts";
import { type BenchDatabase, createBenchDatabase } from "../bench-database.ts";
import { metrics, projectName, scrapeMs, startMs, Workload } from "../billing/workload.ts";
import { copyProject } from "../copy-project.ts";
import { median } from "../statistics.ts";
import type { Row } from "../table.ts";

const prefix = "verification";
const projects = 20;
const days = 30;
const batchSamples = 24;
const rounds = 5;
const all = { projectName: null, sinceMs: null, afterProjectId: 0 };

const shapes = [
  { name: "every value different", changesEvery: 1 },
  { name: "3 of 4 values unchanged", changesEvery: 4 },
];

/** Everything is decoded and folded anew on one connection, by which one core is busy at a time. */
export async function measureVerification(serverUrl: string): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const { name, changesEvery } of shapes) {
    await using database = await createBenchDatabase(serverUrl);
    const samples = await fill(database, changesEvery);
    const rates: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const start = performance.now();
      await verify(database);
      rates.push(samples / ((performance.now() - start) / 1_000));
    }
    const rate = median(rates);
    rows.push({
      what: `verification, samples per second, ${name}`,
      figure: `${Math.round(rate).toLocaleString("en")}/s`,
      value: rate,
      target: 500_000,
    });
  }
  return rows;
}

/** Scrapes that do not lie on full hours, so that hours are cut. */
async function fill({ bill, pool }: BenchDatabase, changesEvery: number): Promise<number> {
  const workload = new Workload({
    prefix,
    seriesCount: metrics.length,
    changesEvery,
    startMs: startMs + 7_000,
  });
  const samples = (days * 86_400_000) / scrapeMs;
  for (let done = 0; done < samples; done += batchSamples) {
    await bill(workload.take(metrics.length, batchSamples));
  }
  const nameOf = (project: number) => projectName(prefix, project);
  await copyProject(pool, { name: nameOf(0), projects, nameOf });
  return samples * metrics.length * projects;
}

async function verify({ pool }: BenchDatabase): Promise<void> {
  let verified = 0;
  await verificationPorts(pool).withSnapshot((reader) =>
    verifyLedger(reader, all, {
      onProject: (one) => {
        if (isDrifting(one)) throw new Error(`${one.projectName} drifts`);
        verified += 1;
      },
    }),
  );
  if (verified !== projects) throw new Error(`${verified} projects instead of ${projects}`);
}
