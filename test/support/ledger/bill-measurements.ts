import type { Measurement } from "../../../lib/billing/measurement.ts";
import { billMessages } from "../../../lib/usecases/ledger/bill-measurements.ts";
import type { DroppedSamples } from "../../../lib/usecases/ledger/dropped-samples.ts";
import type { WithLedger } from "../../../lib/usecases/ledger/ledger.ts";

/** Bills measurements as one message, and to the end. */
export async function billMeasurements(
  measurements: readonly Measurement[],
  withLedger: WithLedger,
  dropped?: DroppedSamples,
): Promise<void> {
  await billMessages([{ measurements, dropped }], withLedger, () => false);
}
