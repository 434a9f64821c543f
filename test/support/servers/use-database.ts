import { afterAll, beforeAll } from "@jest/globals";
import { createMigratedDatabase, type TestDatabase } from "./database.ts";

/**
 * One migrated database for all tests of the file that calls this at its top. It is there from `beforeAll`
 * on, so its properties must not be read while the file is loaded.
 */
export function useDatabase(connectionsMax?: number): TestDatabase {
  let created: TestDatabase | undefined;
  const database = (): TestDatabase => {
    if (created === undefined) throw new Error("the database is there from beforeAll on");
    return created;
  };
  const dispose = async () => created?.[Symbol.asyncDispose]();
  beforeAll(async () => {
    created = await createMigratedDatabase(connectionsMax);
  });
  afterAll(dispose);
  return {
    get url() {
      return database().url;
    },
    get pool() {
      return database().pool;
    },
    refuseConnections: () => database().refuseConnections(),
    acceptConnections: () => database().acceptConnections(),
    [Symbol.asyncDispose]: dispose,
  };
}
