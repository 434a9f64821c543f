/** A request by the key under which its sender may repeat it. */
export interface KeyedRequest {
  readonly key: string;
  /** What is asked for, in one form: requests that mean the same have the same text. */
  readonly request: string;
}

export interface EarlierRequest {
  readonly request: string;
  readonly outcome: unknown;
}

/** Keys within one transaction, which carries out what they stand for. */
export interface KeyLedger {
  /**
   * Takes the key for the request; waits for whoever takes it at the same time. Where it was taken
   * before, nothing happens and the request that it stands for is returned.
   */
  takeKey(request: KeyedRequest): Promise<EarlierRequest | undefined>;
  keepOutcome(key: string, outcome: unknown): Promise<void>;
}

/** The key stands for another request. */
export class IdempotencyKeyReused extends Error {
  override readonly name = "IdempotencyKeyReused";
}

/**
 * Does the work unless it was done under this key before, and returns its outcome, that of the first
 * time, either way. An outcome is JSON: no float, for amounts are text. Without a key the work is done.
 */
export async function once<Outcome>(
  ledger: KeyLedger,
  keyed: KeyedRequest | null,
  work: () => Promise<Outcome>,
): Promise<Outcome> {
  if (keyed === null) return work();
  const earlier = await ledger.takeKey(keyed);
  if (earlier === undefined) {
    const outcome = await work();
    await ledger.keepOutcome(keyed.key, outcome);
    return outcome;
  }
  if (earlier.request === keyed.request) return earlier.outcome as Outcome;
  throw new IdempotencyKeyReused("This key was sent before, with another request.");
}
