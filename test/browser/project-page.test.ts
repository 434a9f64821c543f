import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { formatCredits, parseCredits } from "../../lib/billing/credits.ts";
import {
  accessibilityFaults,
  keepPicture,
  launchBrowser,
  looks,
  openPage,
  scrollsSideways,
} from "../support/browser/browser.ts";
import { creditsOf, fillProjects, linkTo, pageProjects } from "../support/browser/page-projects.ts";
import { csvRows } from "../support/csv-rows.ts";
import {
  makeDirectory,
  type RunningStack,
  removeDirectory,
  startStack,
} from "../support/servers/stack.ts";

let browser: Browser;
let stack: RunningStack;
let directory: string;
const links = new Map<string, string>();

beforeAll(async () => {
  browser = await launchBrowser();
  directory = await makeDirectory();
  const environment = { LATE_DAYS: "500", KEEP_DAYS: "600", RATE_LIMIT_PER_MINUTE: "0" };
  stack = await startStack({ directory, environment });
  await fillProjects(stack);
  for (const { name } of Object.values(pageProjects)) links.set(name, await linkTo(stack, name));
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
  await removeDirectory(directory);
});

const desk = looks["at a desk, light"] as (typeof looks)[string];
const linkOf = (state: string, query: Record<string, string> = {}): string => {
  const address = new URL(links.get(pageProjects[state]?.name ?? "") ?? "");
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
  return address.href;
};

describe.each(Object.keys(pageProjects))("a project %s", (state) => {
  test.each(Object.entries(looks))("%s", async (lookName, look) => {
    const range = state === "of a year" ? "year" : "month";
    await using opened = await openPage(browser, linkOf(state, { range }), look);
    const { page, faults } = opened;
    await keepPicture(page, `${state} ${lookName}`);
    expect(await page.textContent("h1")).toBe(pageProjects[state]?.name);
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await scrollsSideways(page)).toBe(false);
    expect(faults).toEqual([]);
  });
});

// Looking for faults in so long a page takes its time, so two looks stand for all.
test.each(["at a desk, light", "on a phone, dark"])(
  "the description of the API %s",
  async (lookName) => {
    const look = looks[lookName] as (typeof looks)[string];
    await using opened = await openPage(browser, `${stack.baseUrl}/api/doc`, look);
    const { page, faults } = opened;
    await keepPicture(page, `api ${lookName}`);
    const targets = await page.$$eval('a[href^="#"]', (anchors) =>
      anchors.map((anchor) => anchor.getAttribute("href")?.slice(1)),
    );
    const ids = await page.$$eval("[id]", (all) => all.map(({ id }) => id));
    expect(targets.length).toBeGreaterThan(100);
    expect(targets.filter((target) => !ids.includes(target ?? ""))).toEqual([]);
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await scrollsSideways(page)).toBe(false);
    expect(faults).toEqual([]);
  },
);

/** Every link of the page that is one of these routes, as it is followed. */
const addressesOf = (page: Page, route: string): Promise<string[]> =>
  page.$$eval(`a[href^="${route}"]`, (anchors) =>
    anchors.map((anchor) => (anchor as unknown as { href: string }).href),
  );

test.each([
  "ordinary",
  "over its grant",
  "with a name that a gateway would cut",
  "of next to nothing",
])("the page, the API and the CSV of a project %s say the same", async (state) => {
  await using opened = await openPage(browser, linkOf(state), desk);
  const { page } = opened;
  const cells = await page.$$eval("#costs tfoot td", (all) => all.map((cell) => cell.textContent));
  const shown = parseCredits((cells.at(-2) ?? "").replaceAll(",", ""));

  const [csv = ""] = await addressesOf(page, "/api/hourly_costs");
  const rows = csvRows(await (await fetch(csv)).text());
  const amounts = rows.map((row) => parseCredits(row["credits"] ?? ""));
  expect(formatCredits(amounts.reduce((sum, one) => sum + one, 0n))).toBe(formatCredits(shown));

  const json = await (await fetch(csv.replace("format=csv", "format=json"))).text();
  const [, total = ""] = /"total":\{"credits":([\d.]+)/.exec(json) ?? [];
  expect(formatCredits(parseCredits(total))).toBe(formatCredits(shown));

  const credits = await creditsOf(stack, pageProjects[state]?.name ?? "");
  const { current_credits: used = 0, granted_credits: granted = null } = credits ?? {};
  const title = await page.getAttribute("#left .figure data", "title");
  const left = granted === null ? used : Math.abs(granted - used);
  expect(Number(title?.replaceAll(",", ""))).toBe(left);
});

test("the README's picture is made here", async () => {
  const look = { width: 900, height: 560, dark: false };
  await using opened = await openPage(browser, linkOf("ordinary"), look);
  const picture = await opened.page.screenshot();
  expect(picture.length).toBeLessThan(80_000);
  const path = new URL("../../.github/project-page.png", import.meta.url);
  // Each run would differ by its dates: npm run test:browser changes it only where it is asked to.
  if (process.env["UPDATE_PICTURE"]) await writeFile(path, picture);
  else expect((await readFile(path)).length).toBeLessThan(80_000);
});

test("without its script the page has the same figures, and only less to play with", async () => {
  const text = async (javaScriptEnabled: boolean) => {
    await using opened = await openPage(browser, linkOf("ordinary"), {
      ...desk,
      javaScriptEnabled,
    });
    return [
      await opened.page.textContent("#costs"),
      await opened.page.textContent("#left"),
      await opened.page.isVisible(".hint"),
    ];
  };
  const [table, left] = await text(true);
  expect(await text(false)).toEqual([table, left, false]);
});

describe("the bars", () => {
  test("are read under the pointer, and a stretch that is dragged over is opened", async () => {
    await using opened = await openPage(browser, linkOf("ordinary"), desk);
    const { page, faults } = opened;
    const chart = page.locator("#costs-chart .chart");
    await chart.scrollIntoViewIfNeeded();
    const box = await chart.boundingBox();
    if (box === null) throw new Error("there is no chart");
    const at = (share: number) => [box.x + box.width * share, box.y + box.height / 2] as const;
    await page.mouse.move(...at(0.52));
    expect(await page.textContent(".reading")).toMatch(/2026.*: vCPU 24\.0, Credits 24\.0/);
    await page.mouse.down();
    await page.mouse.move(...at(0.6), { steps: 4 });
    await Promise.all([page.waitForURL(/from=/), page.mouse.up()]);
    const { searchParams } = new URL(page.url());
    const days =
      Date.parse(searchParams.get("until") ?? "") - Date.parse(searchParams.get("from") ?? "");
    expect(days / 86_400_000).toBeGreaterThanOrEqual(3);
    expect(days / 86_400_000).toBeLessThanOrEqual(4);
    // The link is handed on, or this page would be refused.
    expect(await page.textContent("h1")).toBe("genomics");
    expect(faults).toEqual([]);
  });

  test("are read and opened with the keyboard", async () => {
    await using opened = await openPage(browser, linkOf("ordinary"), desk);
    const { page } = opened;
    await page.focus("#costs-chart .chart");
    await page.keyboard.press("ArrowLeft");
    const one = await page.textContent(".reading");
    await page.keyboard.press("ArrowLeft");
    expect(await page.textContent(".reading")).not.toBe(one);
    await page.keyboard.press("Shift+ArrowLeft");
    await Promise.all([page.waitForURL(/from=/), page.keyboard.press("Enter")]);
    const { searchParams } = new URL(page.url());
    const ms =
      Date.parse(searchParams.get("until") ?? "") - Date.parse(searchParams.get("from") ?? "");
    expect(ms / 86_400_000).toBe(2);
  });
});

describe.each(Object.entries(looks))("%s", (lookName, look) => {
  test("a reader follows the page down to an hour and to a month", async () => {
    await using opened = await openPage(browser, linkOf("ordinary", { range: "day" }), look);
    const { page, faults } = opened;
    const [hour = ""] = (await addressesOf(page, "/api/explain")).slice(2);
    await page.goto(hour);
    await keepPicture(page, `an hour ${lookName}`);
    expect(await page.textContent("h1")).toBe("Why this much?");
    expect(await page.textContent(".prose:not(th) >> nth=1")).toMatch(/ × .* = .* credits$/);
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await scrollsSideways(page)).toBe(false);
    await page.click(".kicker a");
    const [month = ""] = await addressesOf(page, "/api/statements");
    await page.goto(month);
    await keepPicture(page, `a month ${lookName}`);
    expect(await page.textContent("h1")).toMatch(/^Statement of \d{4}-\d\d$/);
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await scrollsSideways(page)).toBe(false);
    expect(faults).toEqual([]);
  });

  test("a link that opens nothing says what to do", async () => {
    const address = linkOf("ordinary", { link: "v1.local.forged.link" });
    await using opened = await openPage(browser, address, look);
    await keepPicture(opened.page, `a wrong link ${lookName}`);
    expect(await opened.page.textContent("main")).toContain("Ask for a new one");
    expect(await accessibilityFaults(opened.page)).toEqual([]);
  });
});

test("an operator without a link opens pages with a key, and is where the way led", async () => {
  const address = `${stack.baseUrl}/credits_history/genomics?range=week`;
  await using opened = await openPage(browser, address, desk);
  const { page } = opened;
  expect(await page.textContent("h1")).toBe("This page needs a link");
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.fill("input[name=key]", stack.keys.read);
  await page.click("button");
  await page.waitForSelector("#costs");
  expect(await page.textContent("h1")).toBe("genomics");
  expect(page.url()).toBe(address);
  await page.goto(`${stack.baseUrl}/credits_history/idle`);
  expect(await page.textContent("h1")).toBe("idle");
});

test.each(Object.entries(looks))(
  "operators find a project among all, %s",
  async (lookName, look) => {
    await using opened = await openPage(browser, stack.baseUrl, look);
    const { page } = opened;
    await page.fill("input[name=key]", stack.keys.read);
    await page.click("button");
    await page.waitForSelector("table");
    await keepPicture(page, `all projects ${lookName}`);
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await scrollsSideways(page)).toBe(false);
    await page.fill("input[name=search]", "LONG");
    await page.click("button");
    await page.click("text=long lived");
    expect(await page.textContent("h1")).toBe("long lived");
  },
);

test("a year is small and arrives compressed", async () => {
  const response = await fetch(linkOf("of a year", { range: "year" }), {
    headers: { "accept-encoding": "identity" },
  });
  const { gzipSync } = await import("node:zlib");
  expect(gzipSync(await response.text()).length).toBeLessThan(40_000);
});
