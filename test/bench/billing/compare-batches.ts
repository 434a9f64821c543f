import type { BenchDatabase } from "../bench-database.ts";
import { median, medianRatio, spread } from "../statistics.ts";
import type { Row } from "../table.ts";
import { BareHypertable } from "./bare-hypertable.ts";
import { count, inRounds, type RoundOptions, rateOf } from "./rounds.ts";
import { Workload, type WorkloadOptions } from "./workload.ts";

interface Shape {
  readonly name: string;
  readonly series: number;
  readonly samplesPerSeries: number;
  readonly batches: number;
  readonly workload?: Pick<WorkloadOptions, "lateShare" | "changesEvery" | "scrapeMs">;
  /** The least share of the bare insert's rate. */
  readonly target?: number;
  readonly stretch?: number;
  /** The least share of the rate of the same batches in order. */
  readonly inOrderTarget?: number;
}

const reference = "10,000, 25 per series";
const large = { series: 400, samplesPerSeries: 25, batches: 3 } as const;
const scrape = { series: 10_000, samplesPerSeries: 1, batches: 2 } as const;

const shapes: readonly Shape[] = [
  { name: "100, 25 per series", series: 4, samplesPerSeries: 25, batches: 50 },
  { name: "100, 1 per series", series: 100, samplesPerSeries: 1, batches: 50 },
  { name: "1,000, 25 per series", series: 40, samplesPerSeries: 25, batches: 10 },
  { name: "1,000, 1 per series", series: 1_000, samplesPerSeries: 1, batches: 10 },
  { name: reference, ...large, target: 1, stretch: 1.5 },
  { name: "10,000, 1 per series, all changed", ...scrape, target: 0.2, stretch: 0.25 },
  {
    name: "10,000, 1 per series, 3 of 4 unchanged",
    ...scrape,
    workload: { changesEvery: 4, scrapeMs: 15_000 },
    target: 0.3,
  },
  {
    // One scrape in 60 to 240 is like this: in the rounds of the others no hour ends.
    name: "10,000, 1 per series, all end an hour",
    ...scrape,
    workload: { scrapeMs: 3_600_000 },
  },
  { name: `${reference}, 1 % late`, ...large, workload: { lateShare: 0.01 } },
  { name: `${reference}, 50 % late`, ...large, workload: { lateShare: 0.5 }, inOrderTarget: 0.3 },
];

/** Batches of several sizes and shapes, each beside the bare insert of the same rows. */
export async function compareBatches(
  { bill, pool }: BenchDatabase,
  options: RoundOptions,
): Promise<readonly Row[]> {
  const bare = await BareHypertable.create(pool);
  const results = shapes.map((shape) => ({
    shape,
    // Twice around in the warm-up, so that no series is new in a round that counts.
    workload: new Workload({
      prefix: shape.name,
      seriesCount: shape.series * shape.batches,
      ...shape.workload,
    }),
    billed: [] as number[],
    stored: [] as number[],
  }));
  await inRounds(options, async (keep) => {
    for (const { shape, workload, billed, stored } of results) {
      const batches = Array.from({ length: shape.batches }, () =>
        workload.take(shape.series, shape.samplesPerSeries),
      );
      const rows = batches.map((batch) => bare.toRows(batch));
      const storeRate = await rateOf(rows, count(batches), (batch) => bare.insert(batch));
      const billRate = await rateOf(batches, count(batches), bill);
      if (keep) {
        stored.push(storeRate);
        billed.push(billRate);
      }
    }
  });
  const inOrderRates = results.find(({ shape }) => shape.name === reference)?.billed ?? [];
  return results.flatMap(({ shape, billed, stored }): Row[] => [
    {
      what: `bare insert, batches of ${shape.name}`,
      figure: `${perSecond(stored)}`,
    },
    {
      what: `billing, batches of ${shape.name}`,
      figure: perSecond(billed),
      ratio: medianRatio(billed, stored),
      comparedWith: "bare insert",
      ...(shape.target === undefined ? {} : { target: shape.target }),
      ...(shape.stretch === undefined ? {} : { stretch: shape.stretch }),
    },
    ...(shape.workload?.lateShare === undefined
      ? []
      : [
          {
            what: "",
            figure: "",
            ratio: medianRatio(billed, inOrderRates),
            comparedWith: "in order",
            ...(shape.inOrderTarget === undefined ? {} : { target: shape.inOrderTarget }),
          },
        ]),
  ]);
}

export const perSecond = (rates: readonly number[]) =>
  `${Math.round(median(rates)).toLocaleString("en")} m/s ± ${Math.round(spread(rates) * 100)} %`;
