import type { Measurement } from "../../../lib/billing/measurement.ts";

export interface RoundOptions {
  readonly rounds: number;
  readonly warmUpRounds: number;
}

/** Runs round after round; `keep` is false in the first ones, which only warm up. */
export async function inRounds(
  { rounds, warmUpRounds }: RoundOptions,
  round: (keep: boolean) => Promise<void>,
): Promise<void> {
  for (let number = -warmUpRounds; number < rounds; number++) await round(number >= 0);
}

/** Measurements per second of doing the work for one batch after the other. */
export async function rateOf<Batch>(
  batches: readonly Batch[],
  measurements: number,
  work: (batch: Batch) => Promise<void>,
): Promise<number> {
  const startNs = process.hrtime.bigint();
  for (const batch of batches) await work(batch);
  return measurements / (Number(process.hrtime.bigint() - startNs) / 1e9);
}

export const count = (batches: readonly (readonly Measurement[])[]) =>
  batches.reduce((sum, batch) => sum + batch.length, 0);
