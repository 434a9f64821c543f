import { median, medianRatio, spread } from "../statistics.ts";
import type { Row } from "../table.ts";
import { BareHypertable } from "./bare-hypertable.ts";
import type { BenchDatabase } from "./bench-database.ts";
import { count, inRounds, type RoundOptions, rateOf } from "./rounds.ts";
import { Workload } from "./workload.ts";

interface Shape {
  readonly name: string;
  readonly series: number;
  readonly samplesPerSeries: number;
  readonly batches: number;
  readonly lateShare?: number;
  /** The least share of the bare insert's rate. */
  readonly target?: number;
}

const inOrder: readonly Shape[] = [
  { name: "100, 25 per series", series: 4, samplesPerSeries: 25, batches: 50 },
  { name: "100, 1 per series", series: 100, samplesPerSeries: 1, batches: 50 },
  { name: "1,000, 25 per series", series: 40, samplesPerSeries: 25, batches: 10 },
  { name: "1,000, 1 per series", series: 1_000, samplesPerSeries: 1, batches: 10 },
  { name: "10,000, 25 per series", series: 400, samplesPerSeries: 25, batches: 3, target: 0.5 },
  { name: "10,000, 1 per series", series: 10_000, samplesPerSeries: 1, batches: 2, target: 0.25 },
];
const reference = "10,000, 25 per series";
const late: readonly (Shape & { readonly lateTarget?: number })[] = [0.01, 0.5].map(
  (lateShare) => ({
    name: `10,000, 25 per series, ${lateShare * 100} % late`,
    series: 400,
    samplesPerSeries: 25,
    batches: 3,
    lateShare,
  }),
);

/** Batches of several sizes and shapes, each beside the bare insert of the same rows. */
export async function compareBatches(
  { bill, pool }: BenchDatabase,
  options: RoundOptions,
): Promise<readonly Row[]> {
  const bare = await BareHypertable.create(pool);
  const results = [...inOrder, ...late].map((shape) => ({
    shape,
    // Twice around in the warm-up, so that no series is new in a round that counts.
    workload: new Workload({
      prefix: shape.name,
      seriesCount: shape.series * shape.batches,
      lateShare: shape.lateShare ?? 0,
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
    },
    ...(shape.lateShare === undefined
      ? []
      : [
          {
            what: "",
            figure: "",
            ratio: medianRatio(billed, inOrderRates),
            comparedWith: "in order",
            ...(shape.lateShare === 0.5 ? { target: 0.3 } : {}),
          },
        ]),
  ]);
}

export const perSecond = (rates: readonly number[]) =>
  `${Math.round(median(rates)).toLocaleString("en")} m/s ± ${Math.round(spread(rates) * 100)} %`;
