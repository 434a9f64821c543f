import { describe, expect, test } from "@jest/globals";
import { ledgerOf, measured } from "../../support/ledger/ledger-fixture.ts";
import { useSites } from "../../support/notices/use-sites.ts";
import { runProgram } from "../../support/servers/run-program.ts";

const { database, report, watch } = useSites();
const said = (events: Awaited<ReturnType<typeof watch>>) =>
  events.map((event) => {
    const resources = "series" in event ? event.series.map(({ resource }) => resource) : [];
    return `${event.type} ${event.site}: ${resources.join(",")}`;
  });

const acknowledge = (...args: string[]) =>
  runProgram("lib/commands/acknowledge.ts", args, { DATABASE_URL: database.url });
const who = ["--actor", "ada", "--reason", "project deleted"];

test("only what is silent can be acknowledged: the rest of the site has not ended", async () => {
  await report(0, "8676", "a", "b");
  const key = { site: "8676", resource: "b", timeMs: Date.now() };
  await ledgerOf(database).bill(measured("genomics", 0, "5", key));
  const { stdout } = await acknowledge("--project", "genomics", ...who);
  expect(stdout).toBe(
    "genomics: project_vcpu_usage, site 8676, resource a\nacknowledged 1 silent series\n",
  );
});

test("what ended for good can be acknowledged, and is quiet until it reports again", async () => {
  await report(0, "8676", "a", "b", "c");
  await report(90, "8676", "a");
  await watch(100);
  const { stdout } = await acknowledge("--site", "8676", "--resource", "b", ...who);
  expect(stdout).toBe(
    "genomics: project_vcpu_usage, site 8676, resource b\nacknowledged 1 silent series\n",
  );
  await report(110, "8676", "a", "c");
  expect(said(await watch(111))).toEqual(["series.reporting 8676: c"]);
  await report(120, "8676", "a", "b", "c");
  expect(said(await watch(121))).toEqual([]);
  await report(230, "8676", "a", "c");
  expect(said(await watch(231))).toEqual(["series.silent 8676: b"]);
  // It reports and falls silent again while nobody watches: the old acknowledgement is none any more.
  await acknowledge("--site", "8676", "--resource", "b", ...who);
  await report(240, "8676", "a", "b", "c");
  const again = await acknowledge("--site", "8676", "--resource", "b", ...who);
  expect(again.stdout).toMatch(/acknowledged 1 silent series\n$/);
  await report(350, "8676", "a", "c");
  expect(said(await watch(351))).toEqual([]);
  await expect(acknowledge("--site", "8676")).rejects.toMatchObject({
    stderr: expect.stringMatching(/^--actor is missing/),
  });
  await expect(acknowledge(...who)).rejects.toMatchObject({
    stderr: expect.stringMatching(/^--project or --site is missing/),
  });
});

describe("a call of npm run acknowledge that matches nothing fails and says what there is", () => {
  test.each([
    [["--site", "867"], 'no series matches --site 867; there are: "", 6544, 8676'],
    [["--project", "genomicx"], "no series matches --project genomicx; there are: genomics"],
    [
      ["--project", "genomics", "--site", "867"],
      'no series matches --project genomics --site 867; there are: "", 6544, 8676',
    ],
    [
      ["--site", "8676", "--metric", "vcpu"],
      "no series matches --site 8676 --metric vcpu; there are: project_vcpu_usage",
    ],
    [
      ["--site", "8676", "--resource", "x"],
      'no series matches --site 8676 --resource x; there are: a, "b c"',
    ],
  ])("%j", async (scope, message) => {
    await report(0, "8676", "a", "b c");
    await report(0, "6544", "x");
    await report(0, "", "x");
    await expect(acknowledge(...scope, ...who)).rejects.toMatchObject({
      code: 1,
      stdout: "",
      stderr: `${message}\n`,
    });
  });

  test("of many it names the first", async () => {
    await report(0, "8676", ...Array.from({ length: 25 }, (_, n) => `r${n + 10}`));
    const called = acknowledge("--site", "8676", "--resource", "r1", ...who);
    await expect(called).rejects.toMatchObject({
      stderr: expect.stringMatching(/there are: r10, r11, .*, r29, …\n$/),
    });
  });

  test("where nothing was ever measured", async () => {
    await expect(acknowledge("--site", "8676", ...who)).rejects.toMatchObject({
      stderr: "nothing was ever measured: there are no series\n",
    });
  });

  test("where all of it reports", async () => {
    const key = { site: "8676", resource: "a", timeMs: Date.now() };
    await ledgerOf(database).bill(measured("genomics", 0, "5", key));
    await expect(acknowledge("--site", "8676", ...who)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^none of them is silent: all have reported since 20\S+Z\n$/),
    });
  });
});

test("what is acknowledged already is no fault, and is said", async () => {
  await report(0, "8676", "a", "b");
  await acknowledge("--site", "8676", "--resource", "a", ...who);
  const [second, third] = [
    await acknowledge("--site", "8676", ...who),
    await acknowledge("--site", "8676", ...who),
  ];
  expect(second.stdout).toMatch(/resource b\nacknowledged 1 silent series, 1 were before\n$/);
  expect(third.stdout).toBe("acknowledged 0 silent series, 2 were before\n");
});
