/** The samples of one request that are not billed, by reason: operators see the sums, nobody else would notice. */
export interface DroppedSamples {
  /** Of the key that sent them. */
  readonly keyId: string;
  /** When they arrived, Unix milliseconds. */
  readonly atMs: number;
  /** Reason → number of samples, above 0. */
  readonly counts: Readonly<Record<string, number>>;
}
