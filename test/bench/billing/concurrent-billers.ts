import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { BillerAnswer, BillerCommand } from "./biller-process.ts";

const program = new URL("./biller-process.ts", import.meta.url);
export const measurementsPerBatch = 10_000;

/** Billers in processes of their own that share no project. */
export class ConcurrentBillers implements AsyncDisposable {
  readonly #children: readonly ChildProcess[];
  peakRssBytes = 0;

  constructor(url: string, billersMax: number) {
    this.#children = Array.from({ length: billersMax }, (_, index) =>
      fork(program, [url, `biller-${index}`]),
    );
  }

  /** Measurements per second of the first `billers` of them together. */
  async rate(billers: number, batchesEach: number): Promise<number> {
    const children = this.#children.slice(0, billers);
    await tellAll(children, { prepare: batchesEach });
    const startNs = process.hrtime.bigint();
    const answers = await tellAll(children, {});
    const seconds = Number(process.hrtime.bigint() - startNs) / 1e9;
    if (billers === 1) this.peakRssBytes = answers[0]?.peakRssBytes ?? 0;
    return (billers * batchesEach * measurementsPerBatch) / seconds;
  }

  async [Symbol.asyncDispose]() {
    await Promise.all(
      this.#children.map(async (child) => {
        const ended = once(child, "exit");
        if (child.connected) child.disconnect();
        await ended;
      }),
    );
  }
}

const tellAll = (children: readonly ChildProcess[], command: BillerCommand) =>
  Promise.all(children.map((child) => tell(child, command)));

async function tell(child: ChildProcess, command: BillerCommand): Promise<BillerAnswer> {
  const done = new AbortController();
  const { signal } = done;
  const answer = Promise.race([
    once(child, "message", { signal }).then(([message]) => message as BillerAnswer),
    once(child, "exit", { signal }).then(([code]) => {
      throw new Error(`a biller ended with ${code}`);
    }),
  ]);
  child.send(command);
  try {
    return await answer;
  } finally {
    // The loser of the race would keep listening.
    done.abort();
  }
}
