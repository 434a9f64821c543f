import { describe, expect, test } from "@jest/globals";
import { lockAdvisory } from "../../../lib/postgres/database/queries/lock-advisory.ts";
import { outbox } from "../../../lib/postgres/notices/outbox.ts";
import { deliverNotices } from "../../../lib/usecases/notices/deliver-notices.ts";
import type { Notice } from "../../../lib/usecases/notices/notice.ts";
import type { SiteEvent } from "../../../lib/usecases/notices/watch-sites.ts";
import { isBlocked } from "../../support/is-blocked.ts";
import { at, minute } from "../../support/ledger/ledger-fixture.ts";
import { useSites } from "../../support/notices/use-sites.ts";

const { database, report, watch } = useSites();
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

describe("a measurement that lies ahead of the clock", () => {
  const weeks = 30_000;
  /** The minutes since when the series of the last digest are silent. */
  const sinceOf = ([event]: readonly SiteEvent[]) =>
    event && "series" in event
      ? event.series.map(({ silentSinceMs }) => (silentSinceMs - at(0)) / minute)
      : [];

  test("does not hide that the site is silent", async () => {
    await report(0, "8676", "a", "b");
    await report(weeks, "8676", "a");
    expect(said(await watch(60))).toEqual(["series.silent 8676: a"]);
    expect(said(await watch(61))).toEqual(["site.silent 8676: 2 since 0"]);
  });

  test("is told once, with its time, and again when its series can be told to report", async () => {
    await report(0, "8676", "a", "b");
    await report(weeks, "8676", "a");
    const events = await watch(30);
    expect([said(events), sinceOf(events)]).toEqual([["series.silent 8676: a"], [weeks]]);
    await report(60, "8676", "a", "b");
    expect(said(await watch(61))).toEqual([]);
    // As a discard leaves the series.
    await database.pool.query(
      "update series_heads set last_time = $1 from series where series.series_id = series_heads.series_id and resource = 'a'",
      [new Date(at(60))],
    );
    const mended = await watch(62);
    expect([said(mended), sinceOf(mended)]).toEqual([["series.reporting 8676: a"], [weeks]]);
  });

  test("is told of a site of which nothing else is known, and of its series one by one", async () => {
    await report(weeks, "8676", "a", "b");
    expect(said(await watch(0))).toEqual(["series.silent 8676: a,b"]);
    expect(said(await watch(1_000))).toEqual([]);
  });

  test("is told of a series that was told silent before, too", async () => {
    await report(0, "8676", "a", "b");
    await report(90, "8676", "a");
    expect(said(await watch(100))).toEqual(["series.silent 8676: b"]);
    await report(weeks, "8676", "b");
    expect(said(await watch(101))).toEqual(["series.silent 8676: b"]);
    expect(said(await watch(102))).toEqual([]);
  });

  test("does not report when the clock has come so far, but a later one does", async () => {
    await report(weeks, "8676", "a");
    await watch(0);
    await report(weeks - 5, "8676", "b");
    expect(said(await watch(weeks))).toEqual([]);
    await report(weeks + 1, "8676", "a", "b");
    expect(said(await watch(weeks + 2))).toEqual(["series.reporting 8676: a"]);
  });

  test("by ten minutes, as clocks do, is one like any other", async () => {
    await report(10, "8676", "a");
    expect(said(await watch(0))).toEqual([]);
    await report(11, "8676", "a");
    expect(said(await watch(0))).toEqual(["series.silent 8676: a"]);
  });
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
      "insert into series_acknowledged (series_id, last_time, actor, reason) select series_id, last_time, 'ada', 'closed' from series join series_heads using (series_id)",
    );
    expect(said(await watch(600))).toEqual([]);
    await report(700, "8676", "a");
    expect(said(await watch(701))).toEqual([]);
    expect(said(await watch(800))).toEqual(["site.silent 8676: 1 since 700"]);
  },
);
