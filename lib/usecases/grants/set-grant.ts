import { parseCredits } from "../../billing/credits.ts";
import { type KeyedRequest, type KeyLedger, once } from "./idempotent.ts";

export interface GrantOrder {
  readonly projectName: string;
  /** A decimal as text, not negative. */
  readonly grantedCredits: string;
  readonly actor: string;
  readonly reason: string;
}

/** What a project was granted, by whom, why and when. */
export interface Grant extends GrantOrder {
  /** Unix milliseconds. */
  readonly atMs: number;
}

/** The grants of one project within one transaction. */
export interface GrantLedger extends KeyLedger {
  /** The grant that counts now; undefined where there is none. */
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
 * Sets what a project is granted until the portal's own value changes, and returns the grant that
 * counts then. What is granted already stays as it was granted, with its actor and reason.
 */
export const setGrant = (
  order: GrantOrder,
  keyed: KeyedRequest | null,
  withGrants: WithGrants,
): Promise<Grant> =>
  withGrants(order.projectName, (ledger) =>
    once(ledger, keyed, async () => {
      const current = await ledger.current();
      if (current !== undefined && isEqual(current.grantedCredits, order.grantedCredits)) {
        return current;
      }
      return { ...order, atMs: await ledger.grant(order) };
    }),
  );

const isEqual = (one: string, other: string) => parseCredits(one) === parseCredits(other);
