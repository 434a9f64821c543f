import { setTimeout as sleep } from "node:timers/promises";
import type { Inbox } from "./demo-inbox.ts";
import { demoStates, measurementsOf } from "./demo-states.ts";
import {
  type DemoMeasurement,
  demoProjects,
  measurementsAt,
  pastHours,
  tickSeconds,
  tickTime,
} from "./demo-usage.ts";

export interface DemoSettings {
  readonly baseUrl: string;
  readonly ingestKey: string;
  readonly readKey: string;
  /** For the commands that are shown; undefined where the keys are configured and only hashes are known. */
  readonly shownReadKey: string | undefined;
  readonly inbox: Inbox | undefined;
  /** Invokes a function without waiting for its schedule. */
  readonly invoke: (functionName: string) => Promise<void>;
  readonly print: (text: string) => void;
}

const billedSecondsMax = 60;
const stateNames = Object.values(demoStates).map(({ name }) => name);
/** The scheduled functions that lead to notices, in the order in which they depend on each other. */
const schedules = [
  "refresh-grants",
  "forecast-budgets",
  "watch-sites",
  "watch-counters",
  "send-limit-notices",
];

/** Starts an exporter beside the stack, which posts as any other does: over HTTP, with a key. */
export function startDemo(settings: DemoSettings): AsyncDisposable {
  const stop = new AbortController();
  const running = run(settings, stop.signal).catch((error) => {
    if (!stop.signal.aborted) settings.print(`The demo has ended: ${error.message}`);
  });
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
    },
  };
}

async function run(settings: DemoSettings, signal: AbortSignal): Promise<void> {
  // A minute is always the same instant for all of them.
  const startMs = Math.floor(Date.now() / 60_000) * 60_000;
  for (const state of Object.values(demoStates)) {
    await post(settings, measurementsOf(state, startMs), signal);
  }
  const hours = pastHours(Date.now());
  for (const project of demoProjects) {
    // One request becomes one message, whose measurements are billed together and in order.
    const measurements = hours.flatMap((hour) => measurementsAt(project, hour));
    await post(settings, measurements, signal);
  }
  await untilBilled(settings, signal);
  for (const name of schedules) await settings.invoke(name);
  const names = [...new Set(demoProjects.map(({ projectName }) => projectName)), ...stateNames];
  const pages = await Promise.all(names.map((name) => linkTo(settings, name, signal)));
  settings.print(introduction(settings, names, pages));
  while (!signal.aborted) {
    await sleep(tickSeconds * 1000 - (Date.now() % (tickSeconds * 1000)), undefined, { signal });
    const time = tickTime(Date.now());
    const measurements = demoProjects.flatMap((project) => measurementsAt(project, time));
    // If a tick is not accepted, nothing is lost: the counters of the next one include its usage.
    await post(settings, measurements, signal).catch(() => {});
  }
}

async function post(
  { baseUrl, ingestKey }: DemoSettings,
  measurements: readonly DemoMeasurement[],
  signal: AbortSignal,
): Promise<void> {
  const response = await fetch(`${baseUrl}/measurements`, {
    method: "POST",
    headers: { "X-API-KEY": ingestKey, "Content-Type": "application/json" },
    body: JSON.stringify({ measurements }),
    signal,
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${text.slice(0, 500)}`);
}

/** The address of a project's page, as the portal would ask for it. */
async function linkTo(
  { baseUrl, readKey }: DemoSettings,
  project_name: string,
  signal: AbortSignal,
): Promise<string> {
  const response = await fetch(`${baseUrl}/api/links`, {
    method: "POST",
    headers: { "X-API-KEY": readKey },
    body: JSON.stringify({ project_name }),
    signal,
  });
  // Without keys of its own a configured stack may have no links.
  if (response.status === 501) return "no link: LINK_KEYS is empty";
  const { url } = (await response.json()) as { readonly url: string };
  return url;
}

/** Waits, because if current usage were billed first, all the past would count as late. */
async function untilBilled(settings: DemoSettings, signal: AbortSignal): Promise<void> {
  const until = performance.now() + billedSecondsMax * 1000;
  const names = [...demoProjects.map(({ projectName }) => projectName), ...stateNames];
  for (const name of names) {
    while (!(await isKnown(settings, name, signal)) && performance.now() < until) {
      await sleep(500, undefined, { signal });
    }
  }
}

async function isKnown(
  { baseUrl, readKey }: DemoSettings,
  projectName: string,
  signal: AbortSignal,
): Promise<boolean> {
  const url = `${baseUrl}/api/current_credits/${encodeURIComponent(projectName)}`;
  const response = await fetch(url, { headers: { "X-API-KEY": readKey }, signal });
  await response.arrayBuffer();
  return response.ok;
}

function introduction(
  { baseUrl, shownReadKey, inbox }: DemoSettings,
  names: readonly string[],
  pages: readonly string[],
): string {
  const name = encodeURIComponent(names[0] ?? "");
  const get = (path: string) =>
    `curl -s ${baseUrl}${path} -H 'X-API-KEY: ${shownReadKey ?? "YOUR-READ-KEY"}'`;
  return [
    "",
    `Demo: ${names.length} projects; the usage of the first rises every ${tickSeconds} seconds, the others show states.`,
    `All of them, for operators with the read key: ${baseUrl}/`,
    "Their pages, each by a link that opens it without a key:",
    ...names.map((project, index) => `  ${project}: ${pages[index]}`),
    "Watch the used credits of one of them rise:",
    `  while sleep ${tickSeconds}; do ${get(`/api/current_credits/${name}`)}; echo; done`,
    "and look at how they came to be:",
    `  ${get(`/api/credits_history/${name}`)}`,
    ...(inbox ? [`Who was told what (${inbox.count()} messages): ${inbox.url}`] : []),
  ].join("\n");
}
