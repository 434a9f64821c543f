import { type BenchDatabase, createBenchDatabase } from "../bench-database.ts";
import { medianRatio } from "../statistics.ts";
import type { Row } from "../table.ts";
import { perSecond } from "./compare-batches.ts";
import { fill } from "./fill.ts";
import { count, inRounds, type RoundOptions, rateOf } from "./rounds.ts";
import { metrics, Workload } from "./workload.ts";

const projects = 10_000;
const seriesCount = projects * metrics.length;
const prefix = "growth";

const shapes = [
  { name: "25 per series", series: 400, samplesPerSeries: 25, batches: 3 },
  { name: "1 per series", series: 10_000, samplesPerSeries: 1, batches: 2 },
] as const;

/** The same batches for the same projects, in turns, where nothing and where millions are stored. */
export async function compareGrowth(
  serverUrl: string,
  options: RoundOptions,
  measurements: number,
): Promise<readonly Row[]> {
  await using small = await createBenchDatabase(serverUrl);
  await using large = await createBenchDatabase(serverUrl);
  const taken = await fill(large, prefix, projects, measurements);
  const sides = [
    { database: small, workload: new Workload({ prefix, seriesCount }) },
    { database: large, workload: new Workload({ prefix, seriesCount, taken }) },
  ].map((side) => ({ ...side, rates: shapes.map((): number[] => []) }));
  // Makes the projects and series of the empty one, which is another piece of work.
  for (const { database, workload } of sides) {
    for (let batch = 0; batch < 2; batch++) await database.bill(workload.take(10_000, 1));
  }
  await inRounds(options, async (keep) => {
    for (const [index, shape] of shapes.entries()) {
      for (const { database, workload, rates } of sides) {
        const batches = Array.from({ length: shape.batches }, () =>
          workload.take(shape.series, shape.samplesPerSeries),
        );
        const rate = await rateOf(batches, count(batches), database.bill);
        if (keep) rates[index]?.push(rate);
      }
    }
  });
  for (const { database } of sides) await refuseDrift(database);
  const million = measurements / 1e6;
  const [empty = [], full = []] = sides.map(({ rates }) => rates);
  return [
    ...shapes.flatMap(({ name }, index): Row[] => [
      { what: `billing 10,000, ${name}, nothing stored`, figure: perSecond(empty[index] ?? []) },
      {
        what: `billing 10,000, ${name}, ${million} million stored of 10,000 projects`,
        figure: perSecond(full[index] ?? []),
        ratio: medianRatio(full[index] ?? [], empty[index] ?? []),
        comparedWith: "nothing stored",
        target: 0.8,
      },
    ]),
  ];
}

/** A rate means nothing where the ledger does not add up. */
async function refuseDrift({ pool }: BenchDatabase): Promise<void> {
  const { rows } = await pool.query<{ drifted: number }>(`
    select count(*)::float8 as drifted
      from projects
      left join (select project_id, sum(credits) as credits
                   from hourly_costs join series using (series_id)
                  group by project_id) as ledger using (project_id)
     where used_credits <> coalesce(ledger.credits, 0)`);
  const drifted = rows[0]?.drifted ?? Number.NaN;
  if (drifted !== 0) throw new Error(`the credits of ${drifted} projects are not their ledger's`);
}
