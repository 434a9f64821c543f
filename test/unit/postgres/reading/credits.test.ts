import { expect, test } from "@jest/globals";
import type pg from "pg";
import { readProjectCredits } from "../../../../lib/postgres/reading/credits.ts";
import { Unavailable } from "../../../../lib/usecases/unavailable.ts";

const row = { project_id: 1, used_credits: "5", granted_credits: null, has_open_drops: false };
const connectionReset = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });

/** A pool whose queries end one after the other like this. */
function poolOf(...ends: readonly ("answer" | Error)[]) {
  const pool = {
    queries: 0,
    async query() {
      const end = ends[pool.queries++];
      if (end instanceof Error) throw end;
      return { rows: [row] };
    },
  };
  return pool;
}
const read = (pool: ReturnType<typeof poolOf>) =>
  readProjectCredits(pool as unknown as pg.Pool, "genomics");

test("a read whose connection the server had closed is tried on another", async () => {
  const pool = poolOf(connectionReset, "answer");
  expect(await read(pool)).toMatchObject({ usedCredits: "5" });
  expect(pool.queries).toBe(2);
});

test("where the second connection fails as well, the database is away", async () => {
  const pool = poolOf(connectionReset, connectionReset, "answer");
  await expect(read(pool)).rejects.toThrow(Unavailable);
  expect(pool.queries).toBe(2);
});

test("a mistake of ours is not tried again, and no outage", async () => {
  const fault = new Error("a mistake of ours");
  const pool = poolOf(fault, "answer");
  await expect(read(pool)).rejects.toBe(fault);
  expect(pool.queries).toBe(1);
});
