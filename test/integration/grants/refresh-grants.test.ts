import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { type FakePortal, startPortal } from "../../support/notices/fake-portal.ts";
import { names, refreshingGrants } from "../../support/notices/refreshing-grants.ts";
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

test("every project is asked for, a few at a time, on connections that are kept", async () => {
  const strange = `Zoë's "plant" genomes/2, 100% & + more`;
  await create(...names(450), strange);
  portal.otherwise = async (response) => {
    await sleep(1);
    response.end("100.0");
  };
  portal.answers.set(strange, "123456789012345.123456789012345678901234567891\n");
  expect(await refresh()).toEqual({
    asked: 451,
    changed: 451,
    failed: 0,
    failures: [],
    isFinished: true,
    isPortalAway: false,
  });
  expect(portal.asked.toSorted()).toEqual([...names(450), strange].sort());
  expect(portal.requests[0]).toEqual({
    path: "/api/secure/granted-credits/",
    key: "portal-key",
  });
  expect(portal.seen).toEqual({ connections: 8, atOnceMax: 8 });
  expect(await granted()).toMatchObject({
    p0: "100",
    p449: "100",
    [strange]: "123456789012345.123456789012345678901234567891",
  });
  expect(await grantRows("p7")).toEqual(["portal 100"]);
});

test("what is the same as before writes nothing", async () => {
  await create(...names(5));
  await setTo("p4", "7");
  await refresh();
  const state = async () =>
    (
      await database.pool.query(`
        select (select json_agg(row(projects.xmin::text, projects.*)) from projects) as projects,
               (select count(*) from grants) as grants,
               (select json_agg(settings) from settings) as settings`)
    ).rows;
  const before = await state();
  portal.otherwise = " 1.0e2 ";
  expect(await refresh()).toMatchObject({ asked: 5, changed: 0, failed: 0 });
  expect(await state()).toEqual(before);
});

describe("a run whose time is up", () => {
  test("goes on where it stopped, comes round, and leaves nobody out", async () => {
    await create(...names(250));
    const asks = async (count: number) => {
      let calls = 0;
      const from = portal.asked.length;
      const result = await refresh(() => calls++ >= count);
      return { ...result, projects: portal.asked.slice(from).toSorted() };
    };
    const first = await asks(60);
    expect(first).toMatchObject({ asked: 60, changed: 60, isFinished: false });
    expect(first.projects).toEqual(names(60).sort());
    const second = await asks(170);
    expect(second.projects).toEqual(names(230).slice(60).sort());
    const third = await asks(40);
    expect(third).toMatchObject({ asked: 40, changed: 20, isFinished: false });
    expect(third.projects).toEqual([...names(20), ...names(250).slice(230)].sort());
    const fourth = await asks(1000);
    expect(fourth).toMatchObject({ asked: 250, changed: 0, isFinished: true });
    expect(Object.values(await granted())).toEqual(names(250).map(() => "100"));
  });

  test("before it began asks nothing and keeps its place", async () => {
    await create(...names(3));
    expect(await refresh(() => true)).toMatchObject({ asked: 0, isFinished: false });
    expect(await refresh()).toMatchObject({ asked: 3, isFinished: true });
  });
});

test("two runs at once book each change once", async () => {
  await create(...names(250));
  const runs = await Promise.all([refresh(), refresh(), refresh()]);
  expect(runs.reduce((sum, { changed }) => sum + changed, 0)).toBe(250);
  const { rows } = await database.pool.query(
    "select count(*)::int as count, max(revision)::int from grants join projects using (project_id)",
  );
  expect(rows).toEqual([{ count: 250, max: 1 }]);
});

test("an older answer does not undo a newer one of another run", async () => {
  await create("raced");
  let asked = 0;
  portal.otherwise = async (response) => {
    asked += 1;
    if (asked === 1) {
      await refresh();
      response.end("100");
    } else response.end("200");
  };
  expect(await refresh()).toMatchObject({ changed: 0 });
  expect(await granted()).toEqual({ raced: "200" });
  const { rows } = await database.pool.query(
    "select portal_credits::text as remembered from projects",
  );
  expect(rows).toEqual([{ remembered: "200" }]);
});
