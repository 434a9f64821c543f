import { describe, expect, test } from "@jest/globals";
import {
  functionNamed,
  functionNames,
  invokedByHand,
  serviceFunctions,
  timeoutMsOf,
} from "../../support/service-file.ts";

const [minuteMs, hourMs, dayMs] = [60_000, 3_600_000, 86_400_000];

/** How long each may be late with what it is for; a person sees it, or a disk grows. */
const mayBeLateMs: Readonly<Record<string, number>> = {
  "refresh-grants": 5 * minuteMs,
  "send-limit-notices": minuteMs,
  "forecast-budgets": hourMs,
  "watch-sites": 5 * minuteMs,
  "watch-counters": 5 * minuteMs,
  "remove-old-measurements": dayMs,
  "remove-old-notices-and-requests": dayMs,
  "verify-ledger": dayMs,
  "close-statements": dayMs,
};
const scheduled = Object.keys(mayBeLateMs);

interface Schedule {
  readonly everyMs: number;
  /** From midnight UTC to the run of a day; undefined: it runs all day long. */
  readonly startMs?: number;
}

function scheduleOf(name: string): Schedule {
  const [{ schedule = "" } = {}, ...others] = functionNamed(name).events ?? [];
  expect(others).toEqual([]);
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(schedule) ?? [];
  if (count !== undefined) {
    const unitMs = { minute: minuteMs, hour: hourMs, day: dayMs }[unit ?? ""] ?? Number.NaN;
    return { everyMs: Number(count) * unitMs };
  }
  const [, minutes, hours] = /^cron\((\d+) (\d+) \* \* \? \*\)$/.exec(schedule) ?? [];
  if (hours === undefined) throw new Error(`${name} does not run every day: ${schedule}`);
  return { everyMs: dayMs, startMs: Number(hours) * hourMs + Number(minutes) * minuteMs };
}

test("every function is invoked: by a route, a queue, a schedule, or else by a person", () => {
  expect(invokedByHand).toEqual(["migrate-database", "rerate-measurements"]);
  const bySchedule = functionNames.filter((name) =>
    serviceFunctions[name]?.events?.some(({ schedule }) => schedule !== undefined),
  );
  expect(bySchedule.sort()).toEqual([...scheduled].sort());
});

test.each(scheduled)("%s runs by itself, as often as it is needed", (name) => {
  expect(scheduleOf(name).everyMs).toBe(mayBeLateMs[name]);
});

describe("at night", () => {
  const nightly = () =>
    scheduled
      .map((name) => ({ name, ...scheduleOf(name) }))
      .flatMap(({ name, startMs }) => (startMs === undefined ? [] : [{ name, startMs }]))
      .sort((a, b) => a.startMs - b.startMs);

  test("the ledger is verified before anything is removed", () => {
    const [first, ...others] = nightly();
    expect(first?.name).toBe("verify-ledger");
    expect(others.filter(({ name }) => name.startsWith("remove-"))).toHaveLength(2);
  });

  test("each run ends before the next one begins", () => {
    const runs = nightly();
    for (const [index, { name, startMs }] of runs.entries()) {
      const nextMs = runs[index + 1]?.startMs ?? dayMs;
      expect(startMs + timeoutMsOf(name)).toBeLessThanOrEqual(nextMs);
    }
  });
});
