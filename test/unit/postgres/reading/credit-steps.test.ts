import { expect, test } from "@jest/globals";
import { hourMs } from "../../../../lib/billing/time.ts";
import { toCreditSteps } from "../../../../lib/postgres/reading/credit-steps.ts";
import type { LedgerPartRow } from "../../../../lib/postgres/reading/queries/select-ledger-parts.ts";

const midnight = Date.UTC(2026, 10, 23);
const whole = { fromMs: null, untilMs: null };

/** A day whose first hours have these amounts. */
function day(metric: string, credits: readonly string[], usage: readonly string[] | null) {
  const array = (hours: readonly string[]) =>
    `{${[...hours, ...new Array<string>(24 - hours.length).fill("NULL")].join(",")}}`;
  return {
    kind: "day",
    metric,
    at_ms: midnight,
    last_ms: midnight + 30 * hourMs,
    credits: array(credits),
    usage: array(usage ?? credits),
  } satisfies LedgerPartRow;
}

const used = (credits: string): LedgerPartRow => ({ kind: "used", credits });
const step = (metric: string, atMs: number, credits: string): LedgerPartRow => ({
  kind: "step",
  metric,
  at_ms: atMs,
  credits,
});

test("the totals are counted back from what is used by now", () => {
  const { steps } = toCreditSteps([used("10.5"), day("a", ["1", "0.25"], null)], whole);
  expect(steps).toEqual([
    { at: "2026-11-23 01:00:00", metric: "a", credits: "10.25" },
    { at: "2026-11-23 02:00:00", metric: "a", credits: "10.5" },
  ]);
});

test("an hour in which nothing was used is no step, one in which all was free is", () => {
  const { steps } = toCreditSteps(
    [used("1"), day("a", ["1", "NULL", "NULL"], ["1", "NULL", "5"])],
    whole,
  );
  expect(steps.map(({ at }) => at)).toEqual(["2026-11-23 01:00:00", "2026-11-23 03:00:00"]);
});

test("the series of one metric make one step, stamped by the one that was measured last", () => {
  const open = { kind: "hour", metric: "a", at_ms: midnight, credits: "2" } as const;
  const { steps } = toCreditSteps(
    [
      used("5"),
      { ...open, last_ms: midnight + 60_000 },
      { ...open, last_ms: midnight + 120_500, credits: "3" },
    ],
    whole,
  );
  expect(steps).toEqual([{ at: "2026-11-23 00:02:00", metric: "a", credits: "5.0" }]);
});

test("steps are in the order of time, then metric", () => {
  const { steps } = toCreditSteps(
    [
      used("6"),
      day("b", ["1"], null),
      day("a", ["2"], null),
      step("adjustment", midnight + hourMs + 0.5, "3"),
      step("b", midnight, "0"),
    ],
    whole,
  );
  expect(steps.map(({ metric, credits }) => [metric, credits])).toEqual([
    ["b", "0.0"],
    ["a", "2.0"],
    ["b", "3.0"],
    ["adjustment", "6.0"],
  ]);
});

test("both ends of a range belong to it, and what comes later only moves the totals", () => {
  const { steps } = toCreditSteps([used("10"), day("a", ["1", "2", "3", "4"], null)], {
    fromMs: midnight + 2 * hourMs,
    untilMs: midnight + 3 * hourMs,
  });
  expect(steps).toEqual([
    { at: "2026-11-23 02:00:00", metric: "a", credits: "3.0" },
    { at: "2026-11-23 03:00:00", metric: "a", credits: "6.0" },
  ]);
});
