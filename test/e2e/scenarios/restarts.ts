import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import { formatCredits } from "../../../lib/billing/credits.ts";
import { parseDecimal } from "../../../lib/billing/decimal.ts";
import {
  demoProjects,
  measurementsAt,
  pastHours,
  tickSeconds,
  tickTime,
} from "../../../localstack/demo/demo-usage.ts";
import type { RunningStack } from "../../support/servers/stack.ts";
import {
  creditsWhen,
  fullHour,
  hourMs,
  readCredits,
  sendJson,
  stillOpen,
} from "../../support/servers/stack-client.ts";

export interface Restarts {
  readonly running: () => RunningStack;
  /** Starts the stack again on the same state. */
  readonly startAgain: (args: readonly string[]) => Promise<void>;
}

const metric = "project_vcpu_usage";

/** Tests of what survives: these stop the stack, so they come last. */
export function restartScenarios({ running, startAgain }: Restarts) {
  describe("a stack that is started again", () => {
    test("after Ctrl-C has the credits, the keys and all that was accepted", async () => {
      const project_name = "e2e restart";
      await sendJson(running(), [{ project_name, metric, value: 10, time: fullHour(3) }]);
      await sendJson(running(), [{ project_name, metric, value: 14, time: fullHour(2) }]);
      expect(await creditsWhen(running(), project_name, "4.0")).toBe("4.0");
      // Not billed yet when the stack ends: the window of a batch is longer than this takes.
      await sendJson(running(), [{ project_name, metric, value: 15, time: fullHour(1) }]);
      const { keys, ownPorts } = running();
      expect(await running().stop()).toBe(0);
      expect(await stillOpen(ownPorts)).toEqual([]);
      await startAgain(["--demo"]);
      expect(running().keys).toEqual(keys);
      expect(await creditsWhen(running(), project_name, "5.0")).toBe("5.0");
    });

    test("with the demo site shows credits that are a function of time, and rise", async () => {
      await expectDemoBill(running(), 2);
    });

    test("with the demo shows who was told that limits are reached and budgets end", async () => {
      const told = [
        "half limit reached",
        "to the webhook, signature verified",
        "0% Credits left for Project teaching 2026",
        "Credits of Project O&#39;Brien&#39;s folding lab end within 14 days",
      ];
      const page = await inboxPage(running(), told);
      for (const text of told) expect(page).toContain(text);
      expect(page).not.toContain("of Project single-cell");
    });

    test("after kill -9 loses nothing that was accepted", async () => {
      const project_name = "e2e kill";
      for (let value = 100; value <= 120; value++) {
        const time = new Date(Date.parse(fullHour(1)) - (120 - value) * 60_000).toISOString();
        expect(await sendJson(running(), [{ project_name, metric, value, time }])).toBe(202);
      }
      await running().kill();
      // Nobody can tell its parts any more: they end by themselves.
      expect(await stillOpen(running().ownPorts)).toEqual([]);
      await startAgain(["--demo"]);
      expect(await creditsWhen(running(), project_name, "20.0")).toBe("20.0");
    });

    test("continues the demo site's usage without a gap and without billing it twice", async () => {
      await expectDemoBill(running(), 1);
    });
  });
}

const shownMsMax = 120_000;

/**
 * The page of what the demo has received, when all of this has arrived: a schedule may still be sending
 * when the demo says where the page is.
 */
async function inboxPage(stack: RunningStack, told: readonly string[]): Promise<string> {
  const until = performance.now() + shownMsMax;
  for (;;) {
    const url = /messages\): (http\S+)/.exec(stack.output())?.[1];
    const page = url === undefined ? "" : await (await fetch(url)).text();
    if (told.every((text) => page.includes(text))) return page;
    if (performance.now() > until) {
      if (url === undefined) throw new Error(`no inbox:\n${stack.output()}`);
      return page;
    }
    await sleep(200);
  }
}

const demoName = "single-cell";

/** Credits of all that the demo site has posted up to a tick, counted from the first hour that it posted. */
function demoCredits(firstHour: number, tick: number): string {
  const project = demoProjects.find(({ projectName }) => projectName === demoName);
  if (!project) throw new Error(`no demo project ${demoName}`);
  const [from, to] = [measurementsAt(project, firstHour), measurementsAt(project, tick)];
  const prices = [parseDecimal("1", 12), parseDecimal("0.3", 12)];
  const credits = to.map(({ value }, index) => {
    const used = parseDecimal(value, 30) - parseDecimal(from[index]?.value ?? value, 30);
    return used * (prices[index] ?? 0n);
  });
  return formatCredits(credits.reduce((sum, part) => sum + part, 0n));
}

/** Every amount that a tick since then can have led to, whenever within two hours the demo began. */
function creditsSince(sinceMs: number): Set<string> {
  const now = Date.now();
  const firstHours = [now, now - hourMs].map((ms) => pastHours(ms)[0] ?? 0);
  const count = Math.ceil((now - sinceMs) / 1000 / tickSeconds) + 1;
  const ticks = Array.from({ length: count }, (_, index) => tickTime(now) - index * tickSeconds);
  return new Set(firstHours.flatMap((hour) => ticks.map((tick) => demoCredits(hour, tick))));
}

/** Waits for so many new amounts, each of them exact: with more than one they are seen to rise. */
async function expectDemoBill(stack: RunningStack, amounts: number): Promise<void> {
  const since = Date.now();
  const until = performance.now() + shownMsMax;
  const seen = new Set<string>();
  while (seen.size < amounts && performance.now() < until) {
    const credits = await readCredits(stack, demoName);
    if (credits !== undefined && creditsSince(since).has(credits)) seen.add(credits);
    await sleep(200);
  }
  expect(seen.size).toBe(amounts);
}
