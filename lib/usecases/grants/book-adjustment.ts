import type { DecimalText } from "../../billing/decimal.ts";
import { type KeyedRequest, type KeyLedger, once } from "./idempotent.ts";

/** An opening balance, a refund, a correction by hand. */
export interface Adjustment {
  readonly projectName: string;
  /** Added to the used credits; negative for a refund. */
  readonly credits: DecimalText;
  readonly actor: string;
  readonly reason: string;
  /** The instant for which it counts, Unix milliseconds. */
  readonly atMs: number;
}

/** The adjustments of one project within one transaction. */
export interface AdjustmentLedger extends KeyLedger {
  /** Throws `IdempotencyKeyReused` where an adjustment has the key already. */
  adjust(adjustment: Adjustment, key: string): Promise<void>;
}

/** Locks the project, and creates it where it is new, for the time of the transaction. */
export type WithAdjustments = <T>(
  projectName: string,
  work: (ledger: AdjustmentLedger) => Promise<T>,
) => Promise<T>;

/** Books the adjustment once, however often and at how many places at once it is asked for. */
export const bookAdjustment = (
  adjustment: Adjustment,
  keyed: KeyedRequest,
  withAdjustments: WithAdjustments,
): Promise<Adjustment> =>
  withAdjustments(adjustment.projectName, (ledger) =>
    once(ledger, keyed, async () => {
      await ledger.adjust(adjustment, keyed.key);
      return adjustment;
    }),
  );
