import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, jest, test } from "@jest/globals";
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

test("a statement that takes longer than the limit is ended by the database, and holds no lock any more", async () => {
  const short = { ...limits, statementTimeoutMs: 100 };
  await withPool(databaseAt({ connectionString: database.url }), short, async (pool) => {
    await expect(pool.query("select pg_sleep(5)")).rejects.toMatchObject({ code: "57014" });
  });
});

test("a transaction that stands still for longer than the limit is ended by the database", async () => {
  const short = { ...limits, statementTimeoutMs: 100 };
  await withPool(databaseAt({ connectionString: database.url }), short, async (pool) => {
    const client = await pool.connect();
    const failed = once(client, "error");
    await client.query("begin");
    const [failure] = await Promise.race([
      failed,
      sleep(5_000, ["nothing happened"], { ref: false }),
    ]);
    client.release(true);
    expect(failure).toMatchObject({ code: "25P03" });
  });
});

test("a server that takes the connection and never answers is given up in time for a function to say so", async () => {
  const sockets: Socket[] = [];
  const silent = createServer((socket) => sockets.push(socket)).listen(0, "127.0.0.1");
  await once(silent, "listening");
  const { port } = silent.address() as AddressInfo;
  const source = databaseAt({ connectionString: `postgres://a:b@127.0.0.1:${port}/c` });
  jest.useFakeTimers({ doNotFake: ["nextTick", "setImmediate", "queueMicrotask"] });
  try {
    await withPool(source, limits, async (pool) => {
      let failure: unknown;
      const connecting = pool.connect().catch((error: unknown) => {
        failure = error;
      });
      // A function that has 15 seconds must have some left to answer.
      await jest.advanceTimersByTimeAsync(10_000);
      expect(failure).toMatchObject({ message: expect.stringMatching(/timeout/) });
      await connecting;
    });
  } finally {
    jest.useRealTimers();
    for (const socket of sockets) socket.destroy();
    silent.close();
  }
});
