/** How many days a key is remembered: so long a request that is repeated gets its first answer. */
export const requestDays = 30;

/** A request by the key under which its sender may repeat it. */
export interface KeyedRequest {
  readonly key: string;
  /** The request in one form: requests that mean the same have the same text. */
  readonly request: string;
}

export interface EarlierRequest {
  readonly request: string;
  readonly outcome: unknown;
}

/** The keys, within the transaction that carries out their requests. */
export interface KeyLedger {
  /**
   * Takes the key for the request, after waiting for any other transaction that is taking it. Where the
   * key was taken before, nothing happens and the request it was taken for is returned.
   */
  takeKey(request: KeyedRequest): Promise<EarlierRequest | undefined>;
  keepOutcome(key: string, outcome: unknown): Promise<void>;
}

/** The key stands for another request. */
export class IdempotencyKeyReused extends Error {
  override readonly name = "IdempotencyKeyReused";
}

/**
 * Does the work unless it was done under this key before, and returns the outcome of the first time
 * either way. An outcome is JSON without floats, because amounts are text. Without a key the work is
 * done each time.
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
