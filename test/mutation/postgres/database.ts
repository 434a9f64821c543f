import type { Mutation } from "../mutation.ts";

const errors = ["unit/postgres/database/errors.test.ts"];
const transactions = ["integration/database/in-transaction.test.ts"];
const pool = ["integration/database/pool.test.ts"];

export const database: readonly Mutation[] = [
  {
    id: "P47",
    file: "lib/postgres/database/in-transaction.ts",
    from: "repeatable read, read only",
    to: "read committed, read only",
    harm: "a verification beside a biller tells of drift that there is not; pending credits count twice",
    tests: transactions,
  },
  {
    id: "P48",
    file: "lib/postgres/database/errors.ts",
    from: `  "40P01": "deadlock detected",\n`,
    to: "",
    harm: "a deadlock is a 500, or a message that comes again after six minutes",
    tests: [...errors, ...transactions],
  },
  {
    id: "P49",
    file: "lib/postgres/database/errors.ts",
    from: "sqlState !== queryCanceled && isListed(outages, sqlState)",
    to: "isListed(outages, sqlState)",
    harm: "a batch that is too slow as a whole comes again as a whole, until it is dead letters",
    tests: errors,
  },
  {
    id: "P50",
    file: "lib/postgres/database/errors.ts",
    from: `  "54": "program limit exceeded",\n`,
    to: `  "54": "program limit exceeded",\n  "42": "schema of another version",\n`,
    harm: "code that is deployed before its migration sends all measurements to the dead letters",
    tests: errors,
  },
  {
    id: "P51",
    file: "lib/postgres/database/errors.ts",
    from: "|timeout exceeded|",
    to: "|",
    harm: "a database that does not answer is a 500, and the biller tries its messages one by one",
    tests: errors,
  },
  {
    id: "P53",
    file: "lib/postgres/database/pool.ts",
    from: "    connectionTimeoutMillis: 5_000,\n",
    to: "",
    harm: "a database behind a route that drops packets hangs every call until the function's timeout",
    tests: pool,
  },
  {
    id: "P54",
    file: "lib/postgres/database/pool.ts",
    from: "    statement_timeout: limits.statementTimeoutMs,\n",
    to: "",
    harm: "a statement of a function that was killed goes on for ever and holds its locks",
    tests: pool,
  },
];
