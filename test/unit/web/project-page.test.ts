import { describe, expect, test } from "@jest/globals";
import { parseCredits } from "../../../lib/billing/credits.ts";
import { dayMs, hourMs } from "../../../lib/billing/time.ts";
import { readAssets } from "../../../lib/web/assets.ts";
import { gatherPage, type ReadProject } from "../../../lib/web/project/gather.ts";
import { projectDocument } from "../../../lib/web/project/project-page.ts";

const nowMs = Date.UTC(2026, 10, 25, 12, 30);
const assets = readAssets();

/** A project that uses ten credits an hour for thirty days. */
function project(changed: Partial<ReadProject> = {}): ReadProject {
  const beginMs = Math.floor(nowMs / hourMs) * hourMs - 30 * dayMs;
  const steps = Array.from({ length: 30 * 24 + 1 }, (_, hour) => ({
    atMs: beginMs + hour * hourMs,
    metric: "project_vcpu_usage",
    used: parseCredits(String(hour * 10)),
  }));
  return {
    projectName: "genomics",
    link: null,
    statementTimezone: "UTC",
    credits: {
      usedCredits: "7200.0",
      grantedCredits: "10000.0",
      pendingCredits: "0.0",
      heldCredits: "0.0",
    },
    usage: {
      credits: {
        day: parseCredits("240"),
        week: parseCredits("1680"),
        month: parseCredits("7200"),
      },
      firstMs: beginMs,
    },
    steps,
    sites: [{ site: "bielefeld", firstMs: beginMs, lastMs: nowMs, silentSinceMs: null }],
    records: [],
    thresholds: ["50", "100"],
    ...changed,
  };
}

const written = (
  read: ReadProject,
  language: "en" | "de" = "en",
  range: "day" | "month" | "year" = "month",
) => projectDocument(gatherPage(read, { name: range }, "UTC", nowMs), language, assets);
/** What a person reads, with what is escaped as it is. */
const text = (...given: Parameters<typeof written>) =>
  written(...given)
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ");
const credits = (changed: Partial<ReadProject["credits"]>) =>
  project({ credits: { ...project().credits, ...changed } });
const none = project({
  steps: [],
  sites: [],
  usage: { credits: { day: 0n, week: 0n, month: 0n }, firstMs: null },
  credits: { ...project().credits, usedCredits: "0.0" },
});

describe("the cards say", () => {
  test("what is left, when it is gone, and what it costs now", () => {
    const page = text(project());
    expect(page).toContain("Left 2,800 of 10,000.0 granted; 7,200.0 used (72%)");
    expect(page).toContain("Gone about 7 Dec 2026");
    expect(page).toMatch(/Now costs 24\d\.\d a day/);
  });

  test.each<[string, ReadProject, string[]]>([
    [
      "nobody has granted anything",
      credits({ grantedCredits: null }),
      ["Nobody has granted credits yet; 7,200.0 used.", "Without a grant"],
    ],
    ["nothing was ever measured", none, ["Nothing has been measured yet.", "Nothing was used in"]],
    [
      "more is used than granted",
      credits({ grantedCredits: "7000.0" }),
      ["Over the grant 200.0", "Over since 24 Nov 2026.", "All of it is gone."],
    ],
    [
      "it lasts for ever",
      credits({ grantedCredits: "900000000000000.0" }),
      ["in more than ten years"],
    ],
    ["a drop is open", credits({ pendingCredits: "12.5" }), ["12.5 pending"]],
    ["an increase is held", credits({ heldCredits: "99.0" }), ["99.0 held back"]],
    [
      "a site is silent",
      project({
        sites: [
          {
            site: "berlin",
            firstMs: 0,
            lastMs: nowMs - 5 * dayMs,
            silentSinceMs: nowMs - 5 * dayMs,
          },
        ],
      }),
      ["berlin: silent since 20 Nov 2026, 12:30."],
    ],
    [
      "next to nothing is used",
      credits({ usedCredits: "0.000000000001", grantedCredits: null }),
      ["Used &lt; 0.1 Nobody has granted credits yet; 0.000000000001 used."],
    ],
  ])("so when %s", (_, read, sentences) => {
    for (const sentence of sentences) expect(text(read)).toContain(sentence);
  });

  test("the same in German", () => {
    expect(text(project(), "de")).toContain("Übrig 2.800 von 10.000,0 bewilligten");
  });
});

test("the rows add up to the sum below them, and to what was used", () => {
  const page = written(project());
  const rows = [...page.matchAll(/<tr data-start.*?<\/tr>/g)].map(([row]) => row);
  expect(rows.length).toBe(30);
  const amounts = rows.map((row) => [...row.matchAll(/<td>([\d.,]+)<\/td>/g)].at(-1)?.[1] ?? "");
  const sum = amounts.reduce((all, one) => all + parseCredits(one.replaceAll(",", "")), 0n);
  const [, told = ""] = /<tfoot>.*<td>([\d.,]+)<\/td><td>/.exec(page) ?? [];
  expect(sum).toBe(parseCredits(told.replaceAll(",", "")));
});

test.each(["day", "month", "year"] as const)(
  "a page of a %s has nothing inline, and nothing of another host",
  (range) => {
    const page = written(project(), "en", range);
    expect(page).not.toMatch(/\sstyle=|\son\w+=|<style|<script(?![^>]*src="\/assets\/)/);
    expect(page).not.toMatch(/(src|href)="(https?:)?\/\//);
    expect(page).not.toContain("NaN");
    expect(page).not.toContain("undefined");
  },
);

test("a page names the last twelve months that have a statement, the newest first", () => {
  const page = written(project());
  const months = [...page.matchAll(/\/api\/statements\/genomics\?month=([\d-]+)/g)];
  expect(months.map(([, month]) => month)).toEqual(["2026-11", "2026-10"]);
});

test("names and reasons are text, whatever they hold", () => {
  const hostile = `"><script>alert(1)</script>&'`;
  const page = written(
    project({
      projectName: hostile,
      sites: [{ site: hostile, firstMs: 0, lastMs: nowMs, silentSinceMs: nowMs }],
      records: [
        {
          kind: "adjustment",
          atMs: nowMs - dayMs,
          before: null,
          after: parseCredits("-5"),
          reason: hostile,
          actor: hostile,
          hours: null,
        },
      ],
    }),
  );
  expect(page).not.toContain("<script>alert");
  expect(page.split("&lt;script&gt;alert(1)").length).toBeGreaterThan(4);
});
