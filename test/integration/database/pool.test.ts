import { expect, test } from "@jest/globals";
import {
  type DatabaseSettings,
  type DatabaseSource,
  databaseAt,
} from "../../../lib/postgres/database/database-settings.ts";
import { type Pool, withPool } from "../../../lib/postgres/database/pool.ts";
import { useDatabase } from "../../support/servers/use-database.ts";

const limits = { connectionsMax: 2, statementTimeoutMs: 10_000 };

const database = useDatabase();

function withPassword(password: string): DatabaseSettings {
  const url = new URL(database.url);
  url.password = password;
  return { connectionString: url.href };
}

/** A source that notes when it is asked. */
function sourceOf(first: DatabaseSettings, again = first) {
  const asked: string[] = [];
  const source: DatabaseSource = async (options) => {
    asked.push(options?.again ? "again" : "first");
    return options?.again ? again : first;
  };
  return { asked, source };
}

test("the source is asked when the first connection is opened, and no more while that is there", async () => {
  const { asked, source } = sourceOf({ connectionString: database.url });
  await withPool(source, limits, async (pool) => {
    expect(asked).toEqual([]);
    await pool.query("select 1");
    const client = await pool.connect();
    client.release();
    await pool.query("select 1");
    expect(asked).toEqual(["first"]);
  });
});

test("a password that was changed since is asked for again", async () => {
  const { asked, source } = sourceOf(withPassword("old"), { connectionString: database.url });
  await withPool(source, limits, async (pool) => {
    const { rows } = await pool.query("select 1 as one");
    expect(rows).toEqual([{ one: 1 }]);
    expect(asked).toEqual(["first", "again"]);
  });
});

test("a password that is wrong and was not changed is refused", async () => {
  const { asked, source } = sourceOf(withPassword("wrong"));
  await withPool(source, limits, async (pool) => {
    await expect(pool.query("select 1")).rejects.toMatchObject({ code: "28P01" });
    await expect(pool.connect()).rejects.toMatchObject({ code: "28P01" });
    expect(asked).toEqual(["first", "again", "first", "again"]);
  });
});

test("a source that cannot be read fails the query, with its own reason", async () => {
  const source = () => Promise.reject(new Error("the secret cannot be read"));
  await withPool(source, limits, async (pool) => {
    await expect(pool.query("select 1")).rejects.toThrow("the secret cannot be read");
  });
});

test("a pool is closed behind work that fails", async () => {
  let used: Pool | undefined;
  const work = withPool(databaseAt({ connectionString: database.url }), limits, async (pool) => {
    used = pool;
    await pool.query("select 1");
    throw new Error("failed");
  });
  await expect(work).rejects.toThrow("failed");
  expect(used?.ended).toBe(true);
});
