import type { Measurement } from "../../../lib/billing/measurement.ts";
import { withLedger } from "../../../lib/postgres/ledger/billing-ledger.ts";
import { stopAfter } from "../../../lib/schedule.ts";
import { billMessages } from "../../../lib/usecases/ledger/bill-measurements.ts";
import { connect } from "../bench-database.ts";
import { base, increase, metrics, projectName, site, startMs } from "./workload.ts";

/** A biller in a process of its own, which gets a batch again and again until all of it is billed. */
export interface BatchCommand {
  readonly prefix: string;
  readonly messages: number;
  readonly seriesPerMessage: number;
  /** When the samples were taken, ms since the workloads begin. */
  readonly afterMs: number;
}

export interface BatchAnswer {
  /** How long each invocation took. */
  readonly roundsMs: readonly number[];
  readonly peakRssBytes: number;
}

/** As functions/bill-measurements.ts has it. */
export const roundMs = 10_000;

const ledger = withLedger(connect(process.argv[2] ?? ""));

process.on("message", async (command: BatchCommand) => {
  let messages = makeMessages(command);
  const roundsMs: number[] = [];
  while (messages.length > 0) {
    const beginMs = performance.now();
    const unfinished = await billMessages(messages, ledger, stopAfter(roundMs));
    roundsMs.push(performance.now() - beginMs);
    messages = messages.filter((_, index) => unfinished.left.has(index));
  }
  const peakRssBytes = process.resourceUsage().maxRSS * 1024;
  process.send?.({ roundsMs, peakRssBytes } satisfies BatchAnswer);
});

function makeMessages({ prefix, messages, seriesPerMessage, afterMs }: BatchCommand) {
  return Array.from({ length: messages }, (_, message) => ({
    dropped: undefined,
    measurements: Array.from({ length: seriesPerMessage }, (_, index): Measurement => {
      const series = message * seriesPerMessage + index;
      return {
        projectName: projectName(prefix, Math.floor(series / metrics.length)),
        metric: metrics[series % metrics.length] as string,
        site,
        resource: "",
        // Not on the full hour, so that all hours are cut.
        timeMs: startMs + 7_000 + afterMs,
        value: String(base + increase * (afterMs / 60_000)),
      };
    }),
  }));
}
