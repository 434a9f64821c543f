import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { createBenchDatabase } from "../bench-database.ts";
import { median } from "../statistics.ts";
import type { Row } from "../table.ts";
import type { BatchAnswer, BatchCommand } from "./gap-biller.ts";

const program = new URL("./gap-biller.ts", import.meta.url);
const gaps = [
  { name: "1 hour", hours: 1 },
  { name: "2 days", hours: 48 },
  { name: "10 days", hours: 240 },
  { name: "30 days", hours: 720 },
];
const full = { prefix: "gaps", messages: 10, seriesPerMessage: 1_000 };
const bystanders = { prefix: "bystanders", messages: 1, seriesPerMessage: 20 };
const scrapeMs = 60_000;
/** Ordinary batches before the one with the gap, for what bystanders wait without it. */
const ordinaryBatches = 10;
const pauseMs = 100;
/** The budget of the function, and half as much again for the slice that is under way when it ends. */
const roundMsMax = 15_000;
const memoryMegabytes = 1_024;

/**
 * A full batch after a time without an exporter, billed in rounds as the function does it, while a second
 * biller has other projects. The process is new for each gap, so its peak memory is that of the gap.
 */
export async function measureGaps(serverUrl: string): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const { name, hours } of gaps) rows.push(...(await measureGap(serverUrl, name, hours)));
  return rows;
}

async function measureGap(serverUrl: string, name: string, hours: number): Promise<Row[]> {
  await using database = await createBenchDatabase(serverUrl);
  await using biller = new Biller(database.url);
  await using second = new Biller(database.url);
  await biller.bill({ ...full, afterMs: 0 });
  await second.bill({ ...bystanders, afterMs: 0 });
  const ordinary = await besideBystanders(second, 1, async () => {
    for (let batch = 1; batch <= ordinaryBatches; batch += 1) {
      await biller.bill({ ...full, afterMs: batch * scrapeMs });
    }
  });
  const afterMs = ordinaryBatches * scrapeMs + hours * 3_600_000;
  const { result, delaysMs } = await besideBystanders(second, 10_000, () =>
    biller.bill({ ...full, afterMs }),
  );
  return toRows(`10 messages × 1,000 series after ${name}`, result, {
    delayMs: median(delaysMs),
    ordinaryMs: median(ordinary.delaysMs),
  });
}

function toRows(
  what: string,
  { roundsMs, peakRssBytes }: BatchAnswer,
  { delayMs, ordinaryMs }: { readonly delayMs: number; readonly ordinaryMs: number },
): Row[] {
  const totalMs = roundsMs.reduce((sum, ms) => sum + ms, 0);
  const longestMs = Math.max(...roundsMs);
  const megabytes = peakRssBytes / 2 ** 20;
  return [
    {
      what: `${what}: longest of ${roundsMs.length} rounds`,
      figure: `${(longestMs / 1_000).toFixed(1)} s (all ${(totalMs / 1_000).toFixed(1)})`,
      value: longestMs / 1_000,
      most: roundMsMax / 1_000,
    },
    {
      what: "peak memory (RSS)",
      figure: `${Math.round(megabytes)} MB`,
      value: megabytes,
      most: memoryMegabytes,
    },
    {
      what: "median delay of bystanders",
      figure: `${delayMs.toFixed(0)} ms`,
      ratio: delayMs / ordinaryMs,
      comparedWith: "ordinary batches",
      most: 2,
    },
  ];
}

/** Bills some other projects over and over while the work is under way, and says how long they waited. */
async function besideBystanders<Result>(
  second: Biller,
  firstScrape: number,
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly delaysMs: readonly number[] }> {
  const delaysMs: number[] = [];
  const stopped = new AbortController();
  const bystand = async () => {
    for (let scrape = firstScrape; !stopped.signal.aborted; scrape += 1) {
      const beginMs = performance.now();
      await second.bill({ ...bystanders, afterMs: scrape * scrapeMs });
      delaysMs.push(performance.now() - beginMs);
      await setTimeout(pauseMs);
    }
  };
  const bystanding = bystand();
  const result = await work().finally(() => stopped.abort());
  await bystanding;
  return { result, delaysMs };
}

class Biller implements AsyncDisposable {
  readonly #child: ChildProcess;

  constructor(url: string) {
    this.#child = fork(program, [url]);
  }

  async bill(command: BatchCommand): Promise<BatchAnswer> {
    const done = new AbortController();
    const { signal } = done;
    const answer = Promise.race([
      once(this.#child, "message", { signal }).then(([message]) => message as BatchAnswer),
      once(this.#child, "exit", { signal }).then(([code]) => {
        throw new Error(`a biller ended with ${code}`);
      }),
    ]);
    this.#child.send(command);
    try {
      return await answer;
    } finally {
      // The loser of the race would keep listening.
      done.abort();
    }
  }

  async [Symbol.asyncDispose]() {
    if (this.#child.exitCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.kill();
    await ended;
  }
}
