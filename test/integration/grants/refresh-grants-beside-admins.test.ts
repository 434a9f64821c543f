import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { type FakePortal, startPortal } from "../../support/notices/fake-portal.ts";
import { refreshingGrants } from "../../support/notices/refreshing-grants.ts";
import { emptyTables } from "../../support/servers/empty-tables.ts";
import { stopServers } from "../../support/servers/listening.ts";
import { useDatabase } from "../../support/servers/use-database.ts";

const database = useDatabase(10);
let portal: FakePortal;
// A run asks for all projects there are, so each test begins with none.
beforeEach(async () => {
  await emptyTables(database.pool, "projects", "settings");
  portal = await startPortal();
});
afterEach(stopServers);

const { create, refresh, setTo, granted, grantRows } = refreshingGrants(() => ({
  pool: database.pool,
  portal,
}));

describe("what an admin set", () => {
  test("stays until the portal's own value changes", async () => {
    await setTo("early", "500");
    await refresh();
    expect(await granted()).toEqual({ early: "500" });
    await refresh();
    expect(await granted()).toEqual({ early: "500" });
    portal.otherwise = "120";
    expect(await refresh()).toMatchObject({ changed: 1 });
    expect(await granted()).toEqual({ early: "120" });
    await setTo("early", "80");
    await refresh();
    expect(await granted()).toEqual({ early: "80" });
    portal.otherwise = "100";
    await refresh();
    expect(await grantRows("early")).toEqual(["admin 500", "portal 120", "admin 80", "portal 100"]);
  });

  test("is no change where the portal says the same then", async () => {
    await create("same");
    await refresh();
    await setTo("same", "500");
    portal.otherwise = "500";
    expect(await refresh()).toMatchObject({ changed: 0 });
    portal.otherwise = "100";
    await refresh();
    expect(await grantRows("same")).toEqual(["portal 100", "admin 500", "portal 100"]);
  });

  test.each([
    ["before its first answer", false],
    ["after others", true],
  ])("while the portal was asked outlives that answer, %s", async (_, isKnown) => {
    await create("busy");
    if (isKnown) await refresh();
    portal.answers.set("busy", async (response) => {
      await setTo("busy", "500");
      response.end("120");
    });
    expect(await refresh()).toMatchObject({ changed: 0 });
    portal.answers.set("busy", "120");
    expect(await refresh()).toMatchObject({ changed: 0 });
    expect(await granted()).toEqual({ busy: "500" });
    portal.answers.set("busy", "130");
    await refresh();
    expect(await granted()).toEqual({ busy: "130" });
  });
});

test("what an admin is about to commit is waited for, and stays", async () => {
  await create("locked");
  await refresh();
  portal.otherwise = "120";
  const admin = await database.pool.connect();
  await admin.query("begin");
  await admin.query("update projects set granted_credits = 500");
  const refreshed = refresh();
  await untilWaiting();
  await admin.query("commit");
  admin.release();
  expect(await refreshed).toMatchObject({ changed: 0 });
  expect(await granted()).toEqual({ locked: "500" });
});

async function untilWaiting(): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    const { rows } = await database.pool.query(
      "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    );
    if (rows.length > 0) return;
    await sleep(10);
  }
  throw new Error("nobody waits for a lock");
}
