import { beforeAll, beforeEach, expect, test } from "@jest/globals";
import { lockAdvisory } from "../../../lib/postgres/database/queries/lock-advisory.ts";
import { applyTariffs } from "../../../lib/postgres/ledger/apply-tariffs.ts";
import { outbox } from "../../../lib/postgres/notices/outbox.ts";
import { withWatch } from "../../../lib/postgres/notices/site-watch.ts";
import { parseMetricSettings } from "../../../lib/settings/metrics.ts";
import { deliverNotices } from "../../../lib/usecases/notices/deliver-notices.ts";
import type { Notice } from "../../../lib/usecases/notices/notice.ts";
import { type SiteEvent, watchSites } from "../../../lib/usecases/notices/watch-sites.ts";
import { isBlocked } from "../../support/is-blocked.ts";
import { at, ledgerOf, measured, minute } from "../../support/ledger/ledger-fixture.ts";
import { emptyTables } from "../../support/servers/empty-tables.ts";
import { useDatabase } from "../../support/servers/use-database.ts";

const database = useDatabase();
beforeAll(async () => {
  await applyTariffs(database.pool, parseMetricSettings('{"project_vcpu_usage":1}'), "test");
});
beforeEach(async () => {
  await emptyTables(database.pool, "projects", "sites", "notices");
});

/** Series `a` to … of the site report, at a minute. */
const report = (minutes: number, site: string, ...series: string[]) =>
  ledgerOf(database).bill(
    ...series.map((resource) => measured("genomics", minutes, "5", { site, resource })),
  );
const watch = (minutes: number) =>
  watchSites(withWatch(database.pool, at(minutes)), 60 * minute, at(minutes));
const said = (events: readonly SiteEvent[]) =>
  events.map((event) =>
    "series" in event
      ? `${event.type} ${event.site}: ${event.series.map(({ resource }) => resource).join(",")}`
      : `${event.type} ${event.site}: ${event.seriesCount} since ${(event.silentSinceMs - at(0)) / minute}`,
  );

test("a site that falls silent is told once, and once more when it is back", async () => {
  await report(0, "8676", "a", "b");
  expect(said(await watch(60))).toEqual([]);
  expect(said(await watch(61))).toEqual(["site.silent 8676: 2 since 0"]);
  expect(said(await watch(62))).toEqual([]);
  await report(300, "8676", "a", "b");
  expect(said(await watch(301))).toEqual(["site.reporting 8676: 2 since 0"]);
  expect(said(await watch(302))).toEqual([]);
});

test("zero usage is not silence", async () => {
  for (const minutes of [0, 30, 60, 90]) await report(minutes, "8676", "a");
  expect(said(await watch(100))).toEqual([]);
});

test("single series of a site that reports are told together, and so is their return", async () => {
  await report(0, "8676", "a", "b", "c");
  await report(0, "6544", "x");
  await report(90, "8676", "a");
  await report(90, "6544", "x");
  expect(said(await watch(100))).toEqual(["series.silent 8676: b,c"]);
  expect(said(await watch(101))).toEqual([]);
  await report(110, "8676", "a", "b");
  expect(said(await watch(111))).toEqual(["series.reporting 8676: b"]);
});

test("a site that comes back series by series is not told to have silent ones at once", async () => {
  await report(0, "8676", "a", "b");
  await watch(61);
  await report(300, "8676", "a");
  expect(said(await watch(301))).toEqual(["site.reporting 8676: 2 since 0"]);
  await report(330, "8676", "a");
  expect(said(await watch(331))).toEqual([]);
  await report(370, "8676", "a");
  expect(said(await watch(371))).toEqual(["series.silent 8676: b"]);
});

test("a site without a name is a site", async () => {
  await report(0, "", "a");
  expect(said(await watch(61))).toEqual(["site.silent : 1 since 0"]);
});

test("a digest of a thousand series names the first fifty", async () => {
  const many = Array.from({ length: 1_000 }, (_, index) => `r${index}`);
  await report(0, "8676", ...many);
  await report(90, "8676", "r0");
  const [event, ...others] = await watch(100);
  expect(others).toEqual([]);
  expect(event).toMatchObject({ type: "series.silent", seriesCount: 999 });
  expect(event && "series" in event && event.series).toHaveLength(50);
});

test("what is found is told to operators, once, and never to a project", async () => {
  await report(0, "8676", "a", "b");
  await watch(61);
  const sent: Notice[] = [];
  const channel = {
    name: "operators",
    takes: () => true,
    send: async (notice: Notice) => void sent.push(notice),
  };
  const effects = { nowMs: () => at(62), random: () => 0.5, onFailure: () => {} };
  for (let runs = 0; runs < 2; runs += 1) {
    await deliverNotices([channel], outbox(database.pool), effects, at(100));
  }
  expect(sent).toEqual([
    {
      type: "site.silent",
      id: expect.any(String),
      atMs: at(61),
      site: "8676",
      silentSinceMs: at(0),
      seriesCount: 2,
    },
  ]);
});

test("watches that overlap tell once", async () => {
  await report(0, "8676", "a");
  const events = await Promise.all([watch(61), watch(61), watch(61)]);
  expect(events.flat()).toHaveLength(1);
});

test("a watch waits for one that is under way", async () => {
  await report(0, "8676", "a");
  const client = await database.pool.connect();
  try {
    await client.query("begin");
    await lockAdvisory(client, "siteWatch");
    const watching = watch(61);
    expect(await isBlocked(database.pool, watching)).toBe(true);
    await client.query("rollback");
    expect(said(await watching)).toEqual(["site.silent 8676: 1 since 0"]);
  } finally {
    client.release();
  }
});

test.each([
  ["before it was told silent", 60],
  ["after it was told silent", 61],
])(
  "a site of which every series is acknowledged, %s, is quiet as a whole",
  async (_when, minutes) => {
    await report(0, "8676", "a");
    await watch(minutes);
    await database.pool.query(
      "insert into series_acknowledged (series_id, last_time, actor, reason) select series_id, last_time, 'ada', 'closed' from series",
    );
    expect(said(await watch(600))).toEqual([]);
    await report(700, "8676", "a");
    expect(said(await watch(701))).toEqual([]);
    expect(said(await watch(800))).toEqual(["site.silent 8676: 1 since 700"]);
  },
);
