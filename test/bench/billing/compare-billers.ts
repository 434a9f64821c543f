import type { BenchDatabase } from "../bench-database.ts";
import { medianRatio } from "../statistics.ts";
import type { Row } from "../table.ts";
import { perSecond } from "./compare-batches.ts";
import { ConcurrentBillers } from "./concurrent-billers.ts";
import { inRounds, type RoundOptions } from "./rounds.ts";

const batchesEach = 4;

/** 1, 2 and 4 billers on disjoint projects, and what one of them takes of memory. */
export async function compareBillers(
  { url }: BenchDatabase,
  options: RoundOptions,
): Promise<readonly Row[]> {
  const rates = [1, 2, 4].map((billers) => ({ billers, rates: [] as number[] }));
  await using concurrent = new ConcurrentBillers(url, 4);
  await inRounds(options, async (keep) => {
    for (const { billers, rates: list } of rates) {
      const rate = await concurrent.rate(billers, batchesEach);
      if (keep) list.push(rate);
    }
  });
  const one = rates[0]?.rates ?? [];
  return [
    ...rates.map(
      ({ billers, rates: list }): Row => ({
        what: `${billers} biller${billers > 1 ? "s" : ""} on disjoint projects, 10,000, 25 per series`,
        figure: perSecond(list),
        ratio: medianRatio(list, one),
        comparedWith: "1 biller",
        ...(billers === 4 ? { target: 1.5 } : {}),
      }),
    ),
    {
      what: "peak memory of a biller's process (RSS)",
      figure: `${Math.round(concurrent.peakRssBytes / 1e6)} MB`,
    },
  ];
}
