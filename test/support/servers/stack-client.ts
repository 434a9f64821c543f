import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { RunningStack } from "./stack.ts";

export interface SentMeasurement {
  readonly project_name: string;
  readonly metric: string;
  readonly value: string | number;
  readonly time: string;
  readonly site?: string;
}

/** Billed within seconds; slower only while the machine is busy with other tests. */
const billedMsMax = 90_000;
const pollEveryMs = 100;

export const hourMs = 3_600_000;

/** The last full hour, `hours` earlier: the same for all calls of a test, and never too late. */
export function fullHour(hours: number): string {
  const now = Date.now();
  return new Date(now - (now % hourMs) - hours * hourMs).toISOString();
}

/** Sends a body and returns the status. */
export async function send(
  stack: RunningStack,
  path: string,
  body: Buffer | string,
  headers: Readonly<Record<string, string>>,
): Promise<number> {
  const response = await fetch(stack.baseUrl + path, {
    method: "POST",
    headers: { ...headers, Authorization: `Bearer ${stack.keys.ingest}` },
    body: typeof body === "string" ? body : new Uint8Array(body),
  });
  await response.arrayBuffer();
  return response.status;
}

export const sendJson = (stack: RunningStack, measurements: readonly SentMeasurement[]) =>
  send(stack, "/measurements", JSON.stringify({ measurements }), {
    "Content-Type": "application/json",
  });

/** The used credits as the API writes them, digit for digit; undefined for a project not known yet. */
export async function readCredits(
  stack: RunningStack,
  project: string,
): Promise<string | undefined> {
  const response = await fetch(
    `${stack.baseUrl}/api/current_credits/${encodeURIComponent(project)}`,
    { headers: { "X-API-KEY": stack.keys.read } },
  );
  const text = await response.text();
  if (response.status === 404) return undefined;
  if (!response.ok) throw new Error(`${response.status} ${text}`);
  return /"current_credits":([0-9.]+)/.exec(text)?.[1];
}

/** Polls until the project's credits are as expected; returns what they are in the end. */
export async function creditsWhen(
  stack: RunningStack,
  project: string,
  expected: string,
): Promise<string | undefined> {
  const until = performance.now() + billedMsMax;
  for (;;) {
    const credits = await readCredits(stack, project);
    if (credits === expected || performance.now() > until) return credits;
    await sleep(pollEveryMs);
  }
}

const endedMsMax = 60_000;

const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });

/** The ports on which something still listens after a while. */
export async function stillOpen(ports: readonly number[]): Promise<number[]> {
  const until = performance.now() + endedMsMax;
  for (;;) {
    const listening = await Promise.all(ports.map(isListening));
    const open = ports.filter((_, index) => listening[index]);
    if (open.length === 0 || performance.now() > until) return open;
    await sleep(pollEveryMs);
  }
}
