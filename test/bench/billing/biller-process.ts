import { withLedger } from "../../../lib/postgres/ledger/billing-ledger.ts";
import { billMeasurements } from "../../support/ledger/bill-measurements.ts";
import { connect } from "../bench-database.ts";
import { Workload } from "./workload.ts";

/** One biller in a process of its own, as Lambda runs them; told what to do by its parent. */
export interface BillerCommand {
  /** Makes batches and answers, so that only billing is timed. */
  readonly prepare?: number;
}

export interface BillerAnswer {
  readonly peakRssBytes: number;
}

const [url = "", prefix = ""] = process.argv.slice(2);
const pool = connect(url);
const ledger = withLedger(pool);
const workload = new Workload({ prefix, seriesCount: 800 });
let batches: ReturnType<Workload["take"]>[] = [];

process.on("message", async ({ prepare }: BillerCommand) => {
  if (prepare !== undefined) {
    batches = Array.from({ length: prepare }, () => workload.take(400, 25));
  } else {
    for (const batch of batches) await billMeasurements(batch, ledger);
  }
  const answer: BillerAnswer = { peakRssBytes: process.resourceUsage().maxRSS * 1024 };
  process.send?.(answer);
});
process.on("disconnect", () => pool.end());
