import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { type FakePortal, nowhere, startPortal } from "../../support/notices/fake-portal.ts";
import {
  names,
  never,
  patient,
  refreshingGrants,
} from "../../support/notices/refreshing-grants.ts";
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

const { create, refresh, granted } = refreshingGrants(() => ({ pool: database.pool, portal }));

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
    ["silence", () => {}, "no answer within 1000 ms"],
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
      "no answer within 1000 ms",
    ],
  ])("%s", async (_, answer, reason) => {
    await create(...names(12));
    await refresh();
    portal.otherwise = "200";
    portal.answers.set("p5", answer);
    // Only where it comes to this limit: the others have to be answered within it, too.
    const totalMs = reason.includes("within") ? 1_000 : patient.totalMs;
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
    const timeouts = { ...patient, connectMs: 1_000 };
    portal.answers.set("slow", async (response) => {
      await sleep(1_250);
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
      if (index % 2 === 0) {
        portal.answers.set(project, (response) => void response.writeHead(503).end());
      }
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
