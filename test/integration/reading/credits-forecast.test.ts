import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { hourMs } from "../../../lib/billing/time.ts";
import { adminOf, bodyOf } from "../../support/admin-calls.ts";
import { ledgerOf, measured } from "../../support/ledger/ledger-fixture.ts";
import { type Functions, loadFunctions } from "../../support/servers/functions.ts";

let functions: Functions;
let admin: ReturnType<typeof adminOf>;
beforeAll(async () => {
  // The clock stands still: an hour that turned between two looks at it would change every rate.
  jest.spyOn(Date, "now").mockReturnValue(Date.now());
  functions = await loadFunctions();
  admin = adminOf(functions);
});
afterAll(async () => {
  await functions[Symbol.asyncDispose]();
});

/** A full hour in the past, so that what lies behind it is the same at any minute of this one. */
const hourAgo = (hours: number) => Math.floor(Date.now() / hourMs - hours) * hourMs;
/** The project's counter stood so high so many hours ago. */
const use = (name: string, ...samples: readonly (readonly [hours: number, value: string])[]) =>
  ledgerOf(functions.database).bill(
    ...samples.map(([hours, value]) => measured(name, 0, value, { timeMs: hourAgo(hours) })),
  );
const creditsOf = async (name: string) => bodyOf(await admin.credits(name));
/** Hours from now, of a date of the API. */
const hoursAhead = (text: string) => {
  expect(text).toMatch(/^\d{4}-\d\d-\d\d \d\d:00:00$/);
  return (Date.parse(`${text.replace(" ", "T")}Z`) - Date.now()) / hourMs;
};

test("a project that uses one credit an hour has ten days left of 240 credits", async () => {
  await use("steady", [1_000, "0"], [0, "1000"]);
  await admin.grant("steady", { granted_credits: 1_240, reason: "test" });
  const answer = await creditsOf("steady");
  expect(Object.keys(answer)).toEqual([
    "current_credits",
    "granted_credits",
    "pending_credits",
    "held_credits",
    "burn_rates",
    "budget_ends",
  ]);
  const { burn_rates: rates, budget_ends: ends } = answer;
  expect(Object.keys(rates)).toEqual(["day", "week", "month"]);
  // The hour that is under way counts by its minutes, of which nothing was measured.
  expect(rates.day).toBeGreaterThan(23 / 24 - 1e-6);
  expect(rates.day).toBeLessThanOrEqual(1);
  expect(rates.month).toBeGreaterThan(719 / 720 - 1e-6);
  expect(Object.keys(ends)).toEqual(["earliest", "expected", "latest"]);
  const [earliest, expected, latest] = [ends.earliest, ends.expected, ends.latest].map(hoursAhead);
  expect(earliest).toBeGreaterThan(238.9);
  expect(expected).toBeLessThan(243);
  expect(earliest).toBeLessThanOrEqual(expected as number);
  expect(expected).toBeLessThanOrEqual(latest as number);
  expect(latest).toBeLessThan(252);
});

test("rates are credits and not what was measured, of all metrics and sites together", async () => {
  const metered = (metric: string, site: string, hours: number, value: string) =>
    measured("priced", 0, value, { metric, site, timeMs: hourAgo(hours) });
  await ledgerOf(functions.database).bill(
    ...["8676", "6544"].flatMap((site) => [
      metered("project_mb_usage", site, 1_000, "0"),
      metered("project_mb_usage", site, 0, "1000"),
    ]),
    metered("project_vcpu_usage", "8676", 1_000, "0"),
    metered("project_vcpu_usage", "8676", 0, "4000"),
  );
  const { burn_rates: rates } = await creditsOf("priced");
  for (const rate of [rates.day, rates.week, rates.month]) {
    expect(rate).toBeLessThanOrEqual(4.6);
    expect(rate).toBeGreaterThan((23 / 24) * 4.6 - 1e-6);
  }
});

test("a series that began an hour ago makes no rate of the others higher", async () => {
  const use = (resource: string, hours: number, value: string) =>
    measured("grown", 0, value, { resource, timeMs: hourAgo(hours) });
  await ledgerOf(functions.database).bill(use("old", 1_000, "0"), use("old", 0, "1000"));
  const before = (await creditsOf("grown")).burn_rates;
  await ledgerOf(functions.database).bill(use("new", 1, "7"), use("new", 0, "7"));
  expect((await creditsOf("grown")).burn_rates).toEqual(before);
});

test("a project that stopped days ago has no latest end, and one that stopped a month ago no end", async () => {
  await use("stopped", [480, "0"], [100, "380"], [1, "380"]);
  await use("long stopped", [2_000, "0"], [1_000, "1000"], [1, "1000"]);
  for (const name of ["stopped", "long stopped"]) {
    await admin.grant(name, { granted_credits: 5_000, reason: "test" });
  }
  const { burn_rates: rates, budget_ends: ends } = await creditsOf("stopped");
  expect(rates.day).toBe(0);
  expect(rates.week).toBeGreaterThan(0);
  expect(ends).toMatchObject({ expected: expect.any(String), latest: null });
  expect(await creditsOf("long stopped")).toMatchObject({
    burn_rates: { day: 0, week: 0, month: 0 },
    budget_ends: null,
  });
});

test("no end is told without a grant, without anything left, nor before the first measurement", async () => {
  await use("not granted", [10, "0"], [0, "10"]);
  await use("used up", [10, "0"], [0, "10"]);
  await admin.grant("used up", { granted_credits: 10, reason: "test" });
  await admin.grant("not measured", { granted_credits: 10, reason: "test" });
  expect(await creditsOf("not granted")).toMatchObject({ budget_ends: null });
  expect((await creditsOf("not granted")).burn_rates.day).toBeGreaterThan(0.9);
  expect(await creditsOf("used up")).toMatchObject({ budget_ends: null });
  expect(await creditsOf("not measured")).toMatchObject({
    burn_rates: { day: 0, week: 0, month: 0 },
    budget_ends: null,
  });
});

test("an adjustment moves the end and no rate: it is not usage", async () => {
  await use("adjusted", [1_000, "0"], [0, "1000"]);
  await admin.grant("adjusted", { granted_credits: 1_240, reason: "test" });
  const before = await creditsOf("adjusted");
  await admin.adjust("adjusted", { credits: 120, reason: "by hand" }, "credits-forecast");
  const after = await creditsOf("adjusted");
  expect(after.burn_rates.month).toBeCloseTo(before.burn_rates.month, 3);
  expect(
    hoursAhead(before.budget_ends.expected) - hoursAhead(after.budget_ends.expected),
  ).toBeCloseTo(120, -1);
});
