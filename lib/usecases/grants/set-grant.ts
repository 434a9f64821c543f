import { equalCredits } from "../../billing/credits.ts";
import type { DecimalText } from "../../billing/decimal.ts";
import { type KeyedRequest, type KeyLedger, once } from "./idempotent.ts";

export interface GrantOrder {
  readonly projectName: string;
  /** Not negative. */
  readonly grantedCredits: DecimalText;
  readonly actor: string;
  readonly reason: string;
}

/** The granted credits of a project: by whom, why and when they were granted. */
export interface Grant extends GrantOrder {
  /** Unix milliseconds. */
  readonly atMs: number;
}

/** The grants of one project within one transaction. */
export interface GrantLedger extends KeyLedger {
  /** The grant that is in force; undefined where there is none. */
  current(): Promise<Grant | undefined>;
  /** Books it as an admin's, and returns when. */
  grant(order: GrantOrder): Promise<number>;
}

/** Locks the project, and creates it where it is new, for the time of the transaction. */
export type WithGrants = <T>(
  projectName: string,
  work: (ledger: GrantLedger) => Promise<T>,
) => Promise<T>;

/**
 * Sets the granted credits of a project, which stay until the portal's own value changes, and returns
 * the grant that is in force then. Where the project has the same amount already, the earlier grant
 * stays, with its actor and reason.
 */
export const setGrant = (
  order: GrantOrder,
  keyed: KeyedRequest | null,
  withGrants: WithGrants,
): Promise<Grant> =>
  withGrants(order.projectName, (ledger) =>
    once(ledger, keyed, async () => {
      const current = await ledger.current();
      if (current !== undefined && equalCredits(current.grantedCredits, order.grantedCredits)) {
        return current;
      }
      return { ...order, atMs: await ledger.grant(order) };
    }),
  );
