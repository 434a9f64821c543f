import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { dayMs, minuteMs } from "../../../lib/billing/time.ts";
import { oldRequests } from "../../../lib/postgres/grants/old-requests.ts";
import { removeOldRequests } from "../../../lib/usecases/grants/remove-old-requests.ts";
import { adminOf, bodyOf } from "../../support/admin-calls.ts";
import { indexesUsed } from "../../support/indexes-used.ts";
import { emptyTables } from "../../support/servers/empty-tables.ts";
import { type Functions, loadFunctions } from "../../support/servers/functions.ts";

let functions: Functions;
let admin: ReturnType<typeof adminOf>;
beforeAll(async () => {
  functions = await loadFunctions();
  admin = adminOf(functions);
});
afterAll(async () => {
  await functions[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await emptyTables(functions.database.pool, "projects", "idempotency_keys");
});

const query = (statement: string, values: unknown[] = []) =>
  functions.database.pool.query(statement, values);
/** Removes the keys that are too old so many days from now. */
const remove = (days: number) =>
  removeOldRequests(oldRequests(functions.database.pool), Date.now() + days * dayMs, () => false);

const refund = { credits: -2.5, reason: "the site was down" };
const used = async (project: string) => bodyOf(await admin.credits(project)).current_credits;

test("keys are remembered for 30 days", async () => {
  const first = await admin.adjust("kept", refund, "key");
  expect(await remove(29.99)).toBe(0);
  expect(await admin.adjust("kept", refund, "key")).toEqual(first);
  expect(await remove(30.01)).toBe(1);
});

test("keys are adjusted with once for good: later the same request is refused, and books nothing", async () => {
  await admin.adjust("refunded", refund, "for good");
  await remove(31);
  for (const body of [refund, { ...refund, credits: -3 }]) {
    const answer = await admin.adjust("refunded", body, "for good");
    expect([answer.statusCode, bodyOf(answer).code]).toEqual([422, "idempotency-key-reused"]);
  }
  expect(await used("refunded")).toBe(-2.5);
  expect(await admin.adjustments("refunded")).toHaveLength(1);
});

test("keys of a grant can be used anew", async () => {
  const key = { "idempotency-key": "granted" };
  await admin.grant("granted", { granted_credits: 100, reason: "r" }, key);
  await remove(31);
  const answer = await admin.grant("granted", { granted_credits: 200, reason: "r" }, key);
  expect(answer.statusCode).toBe(200);
  expect(await admin.grants("granted")).toMatchObject([{ credits: "100" }, { credits: "200" }]);
});

test("keys go in batches, the oldest first, and by an index", async () => {
  await query(
    `insert into idempotency_keys (idempotency_key, request, recorded_at)
     select 'k' || n, 'r', now() - n * interval '1 minute' from generate_series(1, 5002) as n`,
  );
  const used = await indexesUsed(functions.database, async (pool) => {
    expect(await oldRequests(pool).deleteBefore(Date.now() - minuteMs)).toBe(5_000);
  });
  expect(used).toContain("idempotency_keys_recorded");
  const { rows } = await query(
    "select array_agg(idempotency_key order by 1) as left from idempotency_keys",
  );
  expect(rows).toEqual([{ left: ["k1", "k2"] }]);
});
