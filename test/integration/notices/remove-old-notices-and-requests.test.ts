import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Context } from "aws-lambda";
import { minuteMs } from "../../../lib/billing/time.ts";
import { type Functions, loadFunctions } from "../../support/servers/functions.ts";

let functions: Functions;
beforeAll(async () => {
  functions = await loadFunctions();
});
afterAll(async () => {
  await functions[Symbol.asyncDispose]();
});

test("where the time is up it stops, and the next run of the schedule goes on", async () => {
  await functions.database.pool.query(
    "insert into idempotency_keys (idempotency_key, request, recorded_at) values ('old', 'r', now() - interval '31 days')",
  );
  await functions.database.pool.query(
    "insert into notices (type, occurred_at, dispatched_at) values ('site.silent', now() - interval '401 days', now() - interval '401 days')",
  );
  const { handler } = await import("../../../functions/remove-old-notices-and-requests.ts");
  const run = (ms: number) =>
    handler({}, { getRemainingTimeInMillis: () => ms } as unknown as Context);
  expect(await run(30_000)).toEqual({ requestsRemoved: 0, noticesRemoved: 0, isFinished: false });
  expect(await run(minuteMs)).toEqual({ requestsRemoved: 1, noticesRemoved: 1, isFinished: true });
});
