import { setTimeout as sleep } from "node:timers/promises";
import {
  type DemoState,
  demoStates,
  measurementsOf,
} from "../../../localstack/demo/demo-states.ts";
import type { RunningStack } from "../servers/stack.ts";

const minuteMs = 60_000;
const daily = (days: number, perDay: number): DemoState["samples"] =>
  Array.from({ length: days + 1 }, (_, day) => [24 * (days - day), String(day * perDay)] as const);

/** A project in each state that a page has to show. */
export const pageProjects: Readonly<Record<string, DemoState>> = {
  ordinary: { name: "genomics", samples: daily(40, 24), granted: 1_500 },
  ...demoStates,
  "with umlauts and blanks": { name: "Müller & Söhne  Köln", samples: daily(10, 5), granted: 100 },
  "with a name that a gateway would cut": { name: "a/b?c=d %2F", samples: daily(3, 5), granted: 9 },
};

/** Sends the usage through the front door, grants, and waits until all is billed. */
export async function fillProjects(stack: RunningStack): Promise<void> {
  const nowMs = Math.floor(Date.now() / minuteMs) * minuteMs;
  const projects = Object.values(pageProjects);
  for (const project of projects) {
    const measurements = measurementsOf(project, nowMs);
    await ask(stack, "POST", "/measurements", stack.keys.ingest, { measurements });
  }
  for (const { name, samples } of projects) {
    const [first, last] = [samples[0]?.[1], samples.at(-1)?.[1]];
    await untilUsed(stack, name, Number(last) - Number(first));
  }
  for (const { name, granted } of projects) {
    if (granted === null) continue;
    const path = `/api/projects/grant?project_name=${encodeURIComponent(name)}`;
    await ask(stack, "PUT", path, stack.keys.admin, { granted_credits: granted, reason: "begins" });
  }
}

/** The address by which people open a project's page. */
export async function linkTo(stack: RunningStack, project_name: string): Promise<string> {
  const body = { project_name };
  const { url } = await ask(stack, "POST", "/api/links", stack.keys.read, body);
  return url;
}

interface Credits {
  readonly current_credits: number;
  readonly granted_credits: number | null;
}

/** Undefined: it is not known yet. */
export async function creditsOf(stack: RunningStack, name: string): Promise<Credits | undefined> {
  const path = `/api/current_credits?project_name=${encodeURIComponent(name)}`;
  const headers = { "x-api-key": stack.keys.read };
  const response = await fetch(stack.baseUrl + path, { headers });
  return response.ok ? ((await response.json()) as Credits) : undefined;
}

async function untilUsed(stack: RunningStack, name: string, used: number): Promise<void> {
  const deadline = Date.now() + 90_000;
  while (Date.now() < deadline) {
    if ((await creditsOf(stack, name))?.current_credits === used) return;
    await sleep(200);
  }
  throw new Error(`${name} was not billed`);
}

async function ask(stack: RunningStack, method: string, path: string, key: string, body: object) {
  const response = await fetch(stack.baseUrl + path, {
    method,
    headers: { "x-api-key": key, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return JSON.parse(text);
}
