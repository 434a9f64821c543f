import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type pg from "pg";
import { openGrantSource } from "../../lib/portal/granted-credits.ts";
import { withGrants } from "../../lib/postgres/admin-ledger.ts";
import { refreshPorts } from "../../lib/postgres/portal-grants.ts";
import { refreshGrants } from "../../lib/usecases/refresh-grants.ts";
import { setGrant } from "../../lib/usecases/set-grant.ts";
import { createMigratedDatabase, type TestDatabase } from "../support/database.ts";
import { type FakePortal, nowhere, startPortal } from "../support/fake-portal.ts";
import { stopServers } from "../support/listening.ts";

let database: TestDatabase;
let portal: FakePortal;
let pool: pg.Pool;
beforeAll(async () => {
  database = await createMigratedDatabase(10);
  pool = database.pool;
});
// A run asks for all projects there are, so each test begins with none.
beforeEach(async () => {
  await pool.query("truncate projects, settings restart identity cascade");
  portal = await startPortal();
});
afterEach(stopServers);
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

const names = (count: number) => Array.from({ length: count }, (_, n) => `p${n}`);
const create = (...projects: string[]) =>
  pool.query(
    "insert into projects (project_name) select name from unnest($1::text[]) with ordinality as new (name, n) order by n",
    [projects],
  );
const never = () => false;
/** Longer than the portal here takes where it answers at all, also on a busy machine. */
const patient = { connectMs: 30_000, totalMs: 30_000 };

async function refresh(shouldStop = never, url = portal.url, timeouts = patient) {
  using source = openGrantSource({ url, apiKey: "portal-key" }, timeouts);
  return refreshGrants({ ...refreshPorts(pool), ...source }, shouldStop);
}

const setTo = (projectName: string, grantedCredits: string) =>
  setGrant({ projectName, grantedCredits, actor: "Zoë", reason: "r" }, null, withGrants(pool));

async function granted(): Promise<Record<string, string | null>> {
  const { rows } = await pool.query(
    "select project_name, granted_credits::text as credits from projects order by project_id",
  );
  return Object.fromEntries(rows.map(({ project_name, credits }) => [project_name, credits]));
}

async function grantRows(project: string): Promise<string[]> {
  const { rows } = await pool.query(
    "select source || ' ' || grants.granted_credits as row from grants join projects using (project_id) where project_name = $1 order by grant_id",
    [project],
  );
  return rows.map(({ row }) => row);
}

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
      await pool.query(`
        select (select json_agg(row(projects.xmin::text, projects.*)) from projects) as projects,
               (select count(*) from grants) as grants,
               (select json_agg(settings) from settings) as settings`)
    ).rows;
  const before = await state();
  portal.otherwise = " 1.0e2 ";
  expect(await refresh()).toMatchObject({ asked: 5, changed: 0, failed: 0 });
  expect(await state()).toEqual(before);
});

describe("one project's failure touches no other:", () => {
  test.each<[string, Parameters<FakePortal["answers"]["set"]>[1], string]>([
    ["500", (response) => response.writeHead(500).end("100"), "HTTP 500"],
    ["404", (response) => response.writeHead(404).end("100"), "HTTP 404"],
    ["503", (response) => response.writeHead(503).end("100"), "HTTP 503"],
    ["a login", (response) => response.writeHead(302, { location: "/" }).end("100"), "HTTP 302"],
    ["no content", (response) => response.writeHead(204).end(), "HTTP 204"],
    ["NaN", "NaN", "the answer is no amount of credits (value-invalid)"],
    ["a negative number", "-1", "the answer is no amount of credits (value-negative)"],
    ["infinity", "Infinity", "the answer is no amount of credits (value-invalid)"],
    ["garbage", "\0\xff{", "the answer is no amount of credits (value-invalid)"],
    ["a page", "<html>100</html>", "the answer is no amount of credits (value-invalid)"],
    ["a flood", `100${" ".repeat(100_000)}`, "the answer is too long"],
    ["silence", () => {}, "no answer within 2000 ms"],
    ["a drop", (response) => void response.destroy(), "ECONNRESET"],
    [
      "half a number",
      (response) => {
        response.writeHead(200, { "content-length": 4 }).write("10", () => response.destroy());
      },
      "ECONNRESET",
    ],
    [
      "a number that never ends",
      (response) => {
        response.writeHead(200).write("10");
      },
      "no answer within 2000 ms",
    ],
  ])("%s", async (_, answer, reason) => {
    await create(...names(12));
    await refresh();
    portal.otherwise = "200";
    portal.answers.set("p5", answer);
    // Only where it comes to this limit: the others have to be answered within it, too.
    const totalMs = reason.includes("within") ? 2_000 : patient.totalMs;
    expect(await refresh(never, portal.url, { ...patient, totalMs })).toEqual({
      asked: 12,
      changed: 11,
      failed: 1,
      failures: [{ projectName: "p5", reason }],
      isFinished: true,
      isPortalAway: false,
    });
    expect(await granted()).toMatchObject({ p4: "200", p5: "100", p6: "200" });
    portal.answers.clear();
    expect(await refresh()).toMatchObject({ changed: 1, failed: 0 });
    expect(await granted()).toMatchObject({ p5: "200" });
  });

  test("slowness, within the time limit, also on a kept connection", async () => {
    await create(...names(20), "slow");
    // Longer than it may take to connect.
    const timeouts = { ...patient, connectMs: 2_000 };
    portal.answers.set("slow", async (response) => {
      await sleep(2_500);
      response.end("5");
    });
    expect(await refresh(never, portal.url, timeouts)).toMatchObject({ changed: 21, failed: 0 });
    expect(await granted()).toMatchObject({ p0: "100", slow: "5" });
  });

  test("a connection that breaks once is no failure", async () => {
    await create("broken once");
    portal.answers.set("broken once", (response) => {
      portal.answers.clear();
      response.destroy();
    });
    expect(await refresh()).toMatchObject({ asked: 1, changed: 1, failed: 0 });
  });

  test("every other project of many", async () => {
    await create(...names(60));
    for (const [index, project] of names(60).entries()) {
      if (index % 2 === 0)
        portal.answers.set(project, (response) => void response.writeHead(503).end());
    }
    expect(await refresh()).toMatchObject({ asked: 60, failed: 30, isPortalAway: false });
  });

  test("many failures are counted, and a few of them told", async () => {
    await create(...names(30));
    portal.otherwise = "many";
    const { failures, ...counts } = await refresh();
    expect(counts).toMatchObject({ asked: 30, failed: 30, isFinished: true });
    expect(failures).toHaveLength(5);
  });
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

describe("a portal that is away", () => {
  test("is not asked for every project, and everything is refreshed when it is back", async () => {
    await create(...names(250));
    const away = await refresh(never, await nowhere());
    expect(away).toMatchObject({ changed: 0, isFinished: false, isPortalAway: true });
    expect(away.failures[0]?.reason).toBe("ECONNREFUSED");
    expect(away.asked).toBeLessThan(30);
    expect(Object.values(await granted()).every((credits) => credits === null)).toBe(true);
    expect(await refresh()).toMatchObject({ asked: 250, changed: 250, isFinished: true });
  });

  test("from some project on is asked for that one first when it is back", async () => {
    await create(...names(250));
    for (const project of names(250).slice(100)) {
      portal.answers.set(project, (response) => void response.writeHead(503).end());
    }
    expect(await refresh()).toMatchObject({ changed: 100, isPortalAway: true });
    portal.answers.clear();
    const from = portal.asked.length;
    expect(await refresh()).toMatchObject({ asked: 250, changed: 150, isFinished: true });
    expect(portal.asked.slice(from + 150).toSorted()).toEqual(names(100).sort());
  });

  test("for some projects only does not hold up the others for ever", async () => {
    await create(...names(60));
    for (const project of names(30)) {
      portal.answers.set(project, (response) => void response.writeHead(504).end());
    }
    for (let run = 0; run < 3; run++) await refresh();
    const credits = Object.values(await granted());
    expect(credits.filter((one) => one === "100")).toHaveLength(30);
  });
});

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
  const admin = await pool.connect();
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
    const { rows } = await pool.query(
      "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    );
    if (rows.length > 0) return;
    await sleep(10);
  }
  throw new Error("nobody waits for a lock");
}

test("two runs at once book each change once", async () => {
  await create(...names(250));
  const runs = await Promise.all([refresh(), refresh(), refresh()]);
  expect(runs.reduce((sum, { changed }) => sum + changed, 0)).toBe(250);
  const { rows } = await pool.query(
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
  const { rows } = await pool.query("select portal_credits::text as remembered from projects");
  expect(rows).toEqual([{ remembered: "200" }]);
});
