import pg from "pg";
import { Unavailable } from "../../usecases/unavailable.ts";

const transactionConflicts = new Set(["40001", "40P01"]);

/** A deadlock (40P01) or a serialization failure (40001). */
export const isTransactionConflict = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && transactionConflicts.has(error.code ?? "");

/**
 * The SQLSTATE where the database refuses the data itself (class 22: data exception, 23: constraint
 * violation, 54: too large), so that trying again with the same data can never succeed; else undefined.
 */
export function refusedDataCode(error: unknown): string | undefined {
  if (!(error instanceof pg.DatabaseError)) return undefined;
  return /^(22|23|54)/.test(error.code ?? "") ? error.code : undefined;
}

// Connection exceptions, invalid authorization, insufficient resources, operator intervention (shutdown;
// not 57014: what is too slow as a batch may do message by message), lock not available, connections not taken, read-only after a failover, I/O errors.
const outages = /^(08|28|53|57(?!014)|58)|^(55P03|55000|25006|25P03|3D000)$/;
// What `pg` throws by itself has no SQLSTATE.
const lostConnection =
  /connection (terminated|ended|error|timeout)|timeout exceeded|not queryable|connection error/i;

/** `Unavailable` where the error tells of the database's state and not of the statement; else undefined. */
export function toUnavailable(error: unknown): Unavailable | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const isOutage =
    error instanceof pg.DatabaseError
      ? outages.test(code)
      : /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENOENT)/.test(code) ||
        lostConnection.test(error.message);
  return isOutage ? new Unavailable("the database is not available", { cause: error }) : undefined;
}
