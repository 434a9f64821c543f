import { expect, test } from "@jest/globals";
import pg from "pg";
import {
  isTransactionConflict,
  refusedDataCode,
  toUnavailable,
} from "../../../../lib/postgres/database/errors.ts";
import { Unavailable } from "../../../../lib/usecases/unavailable.ts";

const withSqlState = (code: string) =>
  Object.assign(new pg.DatabaseError("refused", 0, "error"), { code });

function kindOf(error: unknown): string {
  const kinds = [
    ...(isTransactionConflict(error) ? ["conflict"] : []),
    ...(refusedDataCode(error) === undefined ? [] : ["refused data"]),
    ...(toUnavailable(error) === undefined ? [] : ["outage"]),
  ];
  return kinds.join() || "fault";
}

test.each([
  ["40001", "serialization_failure", "conflict"],
  ["40P01", "deadlock_detected", "conflict"],
  ["40002", "transaction_integrity_constraint_violation", "fault"],
  ["22003", "numeric_value_out_of_range", "refused data"],
  ["22P05", "untranslatable_character", "refused data"],
  ["23505", "unique_violation", "refused data"],
  ["23514", "check_violation", "refused data"],
  ["54000", "program_limit_exceeded", "refused data"],
  ["42P01", "undefined_table", "outage"],
  ["42703", "undefined_column", "outage"],
  ["42883", "undefined_function", "fault"],
  ["42601", "syntax_error", "fault"],
  ["42704", "undefined_object", "fault"],
  ["0A000", "feature_not_supported", "fault"],
  ["25P02", "in_failed_sql_transaction", "fault"],
  ["08006", "connection_failure", "outage"],
  ["25006", "read_only_sql_transaction", "outage"],
  ["25P03", "idle_in_transaction_session_timeout", "outage"],
  ["28P01", "invalid_password", "outage"],
  ["3D000", "invalid_catalog_name", "outage"],
  ["53100", "disk_full", "outage"],
  ["53300", "too_many_connections", "outage"],
  ["55000", "object_not_in_prerequisite_state", "outage"],
  ["55P03", "lock_not_available", "outage"],
  ["55006", "object_in_use", "fault"],
  ["57P01", "admin_shutdown", "outage"],
  ["57P03", "cannot_connect_now", "outage"],
  ["57014", "query_canceled", "fault"],
  ["58030", "io_error", "outage"],
])("SQLSTATE %s, %s, is: %s", (code, _, kind) => {
  expect(kindOf(withSqlState(code))).toBe(kind);
  expect(refusedDataCode(withSqlState(code))).toBe(kind === "refused data" ? code : undefined);
});

test.each([
  ["timeout exceeded when trying to connect", "", "outage"],
  ["Connection terminated unexpectedly", "", "outage"],
  ["Connection terminated due to connection timeout", "", "outage"],
  ["Client has encountered a connection error and is not queryable", "", "outage"],
  ["connect", "ECONNREFUSED", "outage"],
  ["read", "ECONNRESET", "outage"],
  ["getaddrinfo", "EAI_AGAIN", "outage"],
  ["write", "EPIPE", "outage"],
  ["write", "EACCES", "fault"],
  ["a mistake of ours", "", "fault"],
  ["22003", "22003", "fault"],
])("an error without an SQLSTATE, %s %s, is: %s", (message, code, kind) => {
  expect(kindOf(Object.assign(new Error(message), { code }))).toBe(kind);
});

test("an outage keeps its cause; what is no error is none", () => {
  const cause = withSqlState("57P03");
  expect(toUnavailable(cause)).toBeInstanceOf(Unavailable);
  expect(toUnavailable(cause)).toMatchObject({ cause });
  expect(toUnavailable("57P03")).toBeUndefined();
});

test.each(["42P01", "42703"])(
  "SQLSTATE %s says that the schema is another, so that messages wait until it is migrated",
  (code) => {
    const cause = withSqlState(code);
    expect(toUnavailable(cause)).toMatchObject({
      message: "the database is being migrated, or has to be: its schema is another version's",
      cause,
    });
  },
);
