import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";

const artefacts =
  process.env["BROWSER_ARTEFACTS"] || "node_modules/.cache/openstack-credits-browser";
const axePath = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** The browser that `CHROMIUM` names. */
export function launchBrowser(): Promise<Browser> {
  const executablePath = process.env["CHROMIUM"];
  if (!executablePath) {
    throw new Error("Set CHROMIUM: export $(localstack/native/chromium.sh build)");
  }
  // Where root runs the tests, Chromium's own sandbox does not start.
  return chromium.launch({ executablePath, args: ["--no-sandbox"] });
}

export interface Look {
  readonly width: number;
  readonly height: number;
  readonly dark: boolean;
  readonly javaScriptEnabled?: boolean;
}

export const looks: Readonly<Record<string, Look>> = {
  "at a desk, light": { width: 1280, height: 900, dark: false },
  "at a desk, dark": { width: 1280, height: 900, dark: true },
  "on a phone, light": { width: 390, height: 844, dark: false },
  "on a phone, dark": { width: 390, height: 844, dark: true },
};

/** A page that was opened, and all that went wrong in it. */
export interface OpenedPage extends AsyncDisposable {
  readonly page: Page;
  /** Messages of the console, violations of the policy, failed requests and those to other hosts. */
  readonly faults: readonly string[];
}

export async function openPage(
  browser: Browser,
  url: string,
  { width, height, dark, javaScriptEnabled = true }: Look,
): Promise<OpenedPage> {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? "dark" : "light",
    locale: "en-GB",
    javaScriptEnabled,
  });
  const page = await context.newPage();
  const faults: string[] = [];
  const { host } = new URL(url);
  page.on("console", (message) => void faults.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => void faults.push(`error: ${error.message}`));
  page.on("requestfailed", (request) => void faults.push(`failed: ${request.url()}`));
  page.on("request", (request) => {
    const to = new URL(request.url());
    if (to.protocol !== "data:" && to.host !== host) faults.push(`asks ${to.host}`);
  });
  await page.goto(url, { waitUntil: "load" });
  return { page, faults, [Symbol.asyncDispose]: () => context.close() };
}

/** What axe-core has to say, rule and element. */
export async function accessibilityFaults(page: Page): Promise<readonly string[]> {
  // By the debugger, which the page's policy does not bind.
  await page.evaluate(await readFile(axePath, "utf8"));
  const { violations } = await page.evaluate<{
    violations: { id: string; nodes: { html: string }[] }[];
  }>("axe.run()");
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

/** Whether the page can be moved sideways: only its tables may. */
export const scrollsSideways = (page: Page): Promise<boolean> =>
  page.evaluate<boolean>(
    "document.documentElement.scrollWidth > document.documentElement.clientWidth",
  );

/** Keeps how the whole page looks, for people to see. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  await mkdir(artefacts, { recursive: true });
  const path = join(artefacts, `${name.replaceAll(/[^\p{L}\d]+/gu, "-")}.png`);
  await page.screenshot({ path, fullPage: true });
}
