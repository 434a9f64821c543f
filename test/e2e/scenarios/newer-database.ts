import { expect, test } from "@jest/globals";
import { databaseAt } from "../../../lib/postgres/database/database-settings.ts";
import { createPool } from "../../../lib/postgres/database/pool.ts";
import {
  makeDirectory,
  type RunningStack,
  removeDirectory,
  runStackToEnd,
} from "../../support/servers/stack.ts";

const limits = { connectionsMax: 1, statementTimeoutMs: 10_000 };

/** A second stack on the first one's database, as if newer code had been there. */
export function newerDatabaseScenario(running: () => RunningStack) {
  test("a stack does not start on a database that is newer than its code, and says so", async () => {
    const directory = await makeDirectory();
    const { databaseUrl } = running();
    const pool = createPool(databaseAt({ connectionString: databaseUrl }), limits);
    try {
      await pool.query("insert into migrations (name) values ('999-from-the-future.sql')");
      const environment = { DATABASE_URL: databaseUrl };
      expect(await runStackToEnd({ directory, environment })).toEqual({
        code: 1,
        stderr:
          "The database is newer than this code: it has 999-from-the-future.sql. Run the newer code, or restore an older database.\n",
      });
    } finally {
      await pool.query("delete from migrations where name = '999-from-the-future.sql'");
      await pool.end();
      await removeDirectory(directory);
    }
  });
}
