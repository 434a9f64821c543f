import { types } from "node:util";
import pg from "pg";
import { Unavailable } from "../../usecases/unavailable.ts";

type SqlStates = Readonly<Record<string, string>>;

/** One side was rolled back to let the other go on: the same transaction can succeed when it is repeated. */
const conflicts: SqlStates = {
  "40001": "serialization failure",
  "40P01": "deadlock detected",
};

/** The database refuses the data itself, so the same data can never succeed. Classes of SQLSTATEs. */
const refusals: SqlStates = {
  "22": "data exception",
  "23": "integrity constraint violation",
  "54": "program limit exceeded",
};

/** The database's state is the cause, not the statement: SQLSTATEs, and classes of them. */
const outages: SqlStates = {
  "08": "connection exception",
  "25006": "read-only transaction: a standby, after a failover",
  "25P03": "idle in transaction for too long",
  "28": "invalid authorization",
  "3D000": "no such database",
  "53": "insufficient resources",
  "55000": "database does not accept connections",
  "55P03": "lock not available",
  "57": "operator intervention, such as a shutdown or a start",
  "58": "system error, such as a failing disk",
};

/** The schema is not the one that this code was written for: older, newer, or half-way between. */
const otherSchema: SqlStates = {
  "42P01": "undefined table",
  "42703": "undefined column",
};

/** The one of class 57 that is no outage: a batch that takes too long may succeed message by message. */
const queryCanceled = "57014";

// `pg` throws these by itself, without an SQLSTATE.
const lostConnection =
  /connection (terminated|ended|error|timeout)|timeout exceeded|not queryable|connection error/i;
const networkError = /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENOENT)/;

const sqlStateOf = (error: unknown): string =>
  error instanceof pg.DatabaseError ? (error.code ?? "") : "";

const isListed = (states: SqlStates, sqlState: string): boolean =>
  sqlState in states || sqlState.slice(0, 2) in states;

/** A deadlock or a serialization failure. */
export const isTransactionConflict = (error: unknown): boolean => sqlStateOf(error) in conflicts;

/** The SQLSTATE where the database refuses the data itself; else undefined. */
export function refusedDataCode(error: unknown): string | undefined {
  const sqlState = sqlStateOf(error);
  return isListed(refusals, sqlState) ? sqlState : undefined;
}

/** `Unavailable` where the error tells of the database's state and not of the statement; else undefined. */
export function toUnavailable(error: unknown): Unavailable | undefined {
  // Those of a socket may come from another realm than ours.
  if (!types.isNativeError(error)) return undefined;
  if (!(error instanceof pg.DatabaseError)) {
    return isLostConnection(error) ? unavailable(error) : undefined;
  }
  const sqlState = sqlStateOf(error);
  if (sqlState in otherSchema) {
    const message = "the database is being migrated, or has to be: its schema is another version's";
    return new Unavailable(message, { cause: error });
  }
  return isOutageState(sqlState) ? unavailable(error) : undefined;
}

const unavailable = (cause: Error) => new Unavailable("the database is not available", { cause });

const isOutageState = (sqlState: string): boolean =>
  sqlState !== queryCanceled && isListed(outages, sqlState);

function isLostConnection(error: Error): boolean {
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return networkError.test(code) || lostConnection.test(error.message);
}
