import { expect, test } from "@jest/globals";
import type pg from "pg";
import { inSnapshot, inTransaction } from "../../../lib/postgres/database/in-transaction.ts";
import { Unavailable } from "../../../lib/usecases/unavailable.ts";
import { useDatabase } from "../../support/servers/use-database.ts";

const database = useDatabase();

const countProjects = async (client: pg.ClientBase | pg.Pool) =>
  (await client.query("select count(*)::int from projects")).rows[0].count;
const addProject = (client: pg.ClientBase | pg.Pool, name: string) =>
  client.query("insert into projects (project_name) values ($1)", [name]);
const fail = (client: pg.ClientBase, code: string) =>
  client.query(`do $$ begin raise 'refused' using errcode = '${code}'; end $$`);

test("a snapshot does not see what is written after it began", async () => {
  await inSnapshot(database.pool, async (client) => {
    const before = await countProjects(client);
    await addProject(database.pool, "written meanwhile");
    expect(await countProjects(client)).toBe(before);
    expect(await countProjects(database.pool)).toBe(before + 1);
  });
});

test("nothing can be written in a snapshot", async () => {
  const writing = inSnapshot(database.pool, (client) => addProject(client, "in a snapshot"));
  await expect(writing).rejects.toThrow();
});

test.each(["40001", "40P01"])("a transaction is repeated as a whole after %s", async (code) => {
  let tries = 0;
  await inTransaction(database.pool, async (client) => {
    tries += 1;
    await addProject(client, `repeated after ${code}`);
    if (tries < 3) await fail(client, code);
  });
  expect(tries).toBe(3);
});

test("a transaction that always conflicts ends as unavailable", async () => {
  const conflicting = inTransaction(database.pool, (client) => fail(client, "40P01"));
  await expect(conflicting).rejects.toThrow(Unavailable);
});

test("another failure is not repeated", async () => {
  let tries = 0;
  const failing = inTransaction(database.pool, async (client) => {
    tries += 1;
    await fail(client, "23505");
  });
  await expect(failing).rejects.toMatchObject({ code: "23505" });
  expect(tries).toBe(1);
});
