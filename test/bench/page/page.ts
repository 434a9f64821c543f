import { cpus } from "node:os";
import { gzipSync } from "node:zlib";
import type { Browser } from "playwright-core";
import { readAssets } from "../../../lib/web/assets.ts";
import { gatherPage } from "../../../lib/web/project/gather.ts";
import { projectDocument } from "../../../lib/web/project/project-page.ts";
import { launchBrowser } from "../../support/browser/browser.ts";
import { fillProjects, linkTo, pageProjects } from "../../support/browser/page-projects.ts";
import { makeDirectory, removeDirectory, startStack } from "../../support/servers/stack.ts";
import { printTable, type Row } from "../table.ts";
import { yearOfHours } from "./year-of-hours.ts";

const rounds = 15;

/**
 * `npm run bench -- page`: how long a page of a year takes to be written, and, in the Chromium that
 * `CHROMIUM` names, until a phone on a slow network shows something of it.
 */
export async function run(): Promise<void> {
  const rows = [...measureWriting(), ...(await measurePaint())];
  console.log(
    `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, median of ${rounds}`,
  );
  printTable(rows);
}

const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[values.length >> 1] ?? Number.NaN;

function measureWriting(): Row[] {
  const read = yearOfHours();
  const assets = readAssets();
  const write = () =>
    projectDocument(gatherPage(read, { name: "year" }, "Europe/Berlin", Date.now()), "en", assets);
  const times = Array.from({ length: rounds }, () => {
    const startedMs = performance.now();
    write();
    return performance.now() - startedMs;
  });
  const kilobytes = gzipSync(write()).length / 1_000;
  return [
    { what: "a year of hours is written", ...milliseconds(median(times), 50) },
    {
      what: "compressed",
      figure: `${kilobytes.toFixed(1)} kB`,
      value: kilobytes,
      most: 40,
    },
  ];
}

async function measurePaint(): Promise<Row[]> {
  const directory = await makeDirectory();
  const environment = { LATE_DAYS: "500", KEEP_DAYS: "600", RATE_LIMIT_PER_MINUTE: "0" };
  const stack = await startStack({ directory, environment });
  const browser = await launchBrowser();
  try {
    await fillProjects(stack);
    const link = await linkTo(stack, pageProjects["of a year"]?.name ?? "");
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) times.push(await firstPaint(browser, link));
    const what = "first paint of a year, phone at 1.6 Mbit/s, 150 ms away, a quarter of this CPU";
    return [{ what, ...milliseconds(median(times), 1_500) }];
  } finally {
    await browser.close();
    await stack.stop();
    await removeDirectory(directory);
  }
}

const milliseconds = (ms: number, most: number) => ({
  figure: `${ms.toFixed(0)} ms`,
  value: ms,
  most,
});

/** With an empty cache, on what Lighthouse takes for a slow phone. */
async function firstPaint(browser: Browser, link: string): Promise<number> {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  const bytesPerSecond = 1_600_000 / 8;
  await session.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 150,
    downloadThroughput: bytesPerSecond,
    uploadThroughput: bytesPerSecond / 2,
  });
  await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  const address = new URL(link);
  address.searchParams.set("range", "year");
  await page.goto(address.href, { waitUntil: "load" });
  const ms = await page.evaluate<number>(
    "performance.getEntriesByName('first-contentful-paint')[0].startTime",
  );
  await context.close();
  return ms;
}
