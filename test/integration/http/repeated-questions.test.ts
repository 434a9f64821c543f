import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from "@jest/globals";
import type { HttpAnswer } from "../../../lib/http/stack/answer.ts";
import { adminOf } from "../../support/admin-calls.ts";
import { keys } from "../../support/api-keys.ts";
import { type Functions, loadFunctions } from "../../support/servers/functions.ts";

const [minuteMs, hourMs] = [60_000, 3_600_000];
const nowMs = Date.UTC(2026, 10, 25, 12, 30);
const routes = ["credits", "history", "costs", "page"] as const;
type Route = (typeof routes)[number];
let functions: Functions;

beforeAll(async () => {
  functions = await loadFunctions({ LATE_DAYS: "30" });
  for (const [index, project] of ["asked", "another"].entries()) {
    await measure(project, [
      [-300, index],
      [-240, 60],
      [-30, 210],
    ]);
  }
});
afterEach(() => {
  jest.restoreAllMocks();
});
afterAll(async () => {
  await functions[Symbol.asyncDispose]();
});

/** Minutes from now, and the counter. */
async function measure(project_name: string, samples: readonly (readonly [number, number])[]) {
  const measurements = samples.map(([minutes, value]) => ({
    project_name,
    metric: "project_vcpu_usage",
    value,
    time: new Date(nowMs + minutes * minuteMs).toISOString(),
  }));
  const answer = await functions.receive({ body: JSON.stringify({ measurements }) });
  expect(answer.statusCode).toBe(202);
  await functions.billQueued();
}

interface Asking {
  readonly atMs?: number;
  readonly query?: Record<string, string>;
  readonly headers?: Record<string, string>;
}

async function ask(route: Route, { atMs = nowMs, query = {}, headers = {} }: Asking = {}) {
  jest.spyOn(Date, "now").mockReturnValue(atMs);
  const answer = await functions.call(route, {
    path: `/${route}`,
    query: { project_name: "asked", ...query },
    headers: { "x-api-key": keys.read, ...headers },
  });
  jest.restoreAllMocks();
  return answer;
}
/** One after the other: each sets the clock. */
async function askAll(): Promise<HttpAnswer[]> {
  const answers: HttpAnswer[] = [];
  for (const route of routes) answers.push(await ask(route));
  return answers;
}
const tagOf = ({ headers }: HttpAnswer) => headers["etag"] ?? "";
const askAgain = (route: Route, known: HttpAnswer, asking: Asking = {}) =>
  ask(route, { ...asking, headers: { ...asking.headers, "if-none-match": tagOf(known) } });

test.each(routes)("%s is answered by 304 without asking the ledger", async (route) => {
  const first = await ask(route);
  expect(first.statusCode).toBe(200);
  expect(first.headers).toMatchObject({
    etag: expect.stringMatching(/^W\/"[\w-]{27}"$/),
    "cache-control": "private, max-age=15, stale-while-revalidate=45",
    vary: "Accept, Accept-Encoding, Accept-Language, Authorization, Cookie, X-API-KEY",
  });
  const { pool } = functions.database;
  // The ledger's hours, open drops, held increases: none of them can be read now.
  const tables = ["daily_costs", "held_increases"];
  for (const table of tables) await pool.query(`alter table ${table} rename to ${table}_away`);
  try {
    expect((await ask(route)).statusCode).toBe(503);
    const second = await askAgain(route, first);
    expect(second).toMatchObject({ statusCode: 304, body: "" });
    expect(second.headers["etag"]).toBe(tagOf(first));
    expect(second.headers).not.toHaveProperty("content-type");
  } finally {
    for (const table of tables) await pool.query(`alter table ${table}_away rename to ${table}`);
  }
});

test.each([
  ['"other", *', 304],
  ['W/"other"', 200],
  ["", 200],
])("If-None-Match: %s is answered by %i", async (header, status) => {
  const answer = await ask("credits", { headers: { "if-none-match": header } });
  expect(answer.statusCode).toBe(status);
});

test("the tag is found in a list, and whether it is weak does not count", async () => {
  const tag = tagOf(await ask("credits"));
  const header = `"other", ${tag.replace("W/", "")}`;
  expect((await ask("credits", { headers: { "if-none-match": header } })).statusCode).toBe(304);
});

test("a question that is refused is refused again", async () => {
  const headers = { "if-none-match": "*" };
  const wrong = await ask("costs", { query: { bucket: "year" }, headers: {} });
  expect(wrong.statusCode).toBe(400);
  expect(wrong.headers).not.toHaveProperty("etag");
  const unknown = await ask("credits", { query: { project_name: "nobody" }, headers });
  expect(unknown.statusCode).toBe(404);
});

describe("a tag is another one", () => {
  const changes: Readonly<Record<string, () => Promise<unknown>>> = {
    "after a measurement": () => measure("asked", [[-20, 220]]),
    "after a late measurement that moves credits between hours": () =>
      measure("asked", [[-100, 61]]),
    "after a late measurement that moves none": () => measure("asked", [[-25, 215]]),
    "after a measurement that opens a drop": () => measure("asked", [[-10, 100]]),
    "after a grant": () =>
      adminOf(functions).grant("asked", { granted_credits: 1_000, reason: "begins" }),
    "after an adjustment": () =>
      adminOf(functions).adjust("asked", { credits: -1, reason: "an outage" }, "one"),
    "when a site falls silent": () =>
      functions.database.pool.query("insert into sites (site, silent_since) values ('', now())"),
    "when the site reports again": () =>
      functions.database.pool.query("update sites set silent_since = null"),
  };
  test.each(Object.entries(changes))("%s", async (_what, change) => {
    const before = await askAll();
    await change();
    for (const [index, route] of routes.entries()) {
      const answer = await askAgain(route, before[index] as HttpAnswer);
      expect(answer.statusCode).toBe(200);
      expect(tagOf(answer)).not.toBe(tagOf(before[index] as HttpAnswer));
    }
  });

  test.each([
    ["costs", { bucket: "day" }, {}],
    ["costs", {}, { accept: "text/csv" }],
    ["page", { lang: "de" }, {}],
    ["page", {}, { "accept-language": "de" }],
    ["history", { points: "3" }, {}],
  ] as const)("for another question: %s %j %j", async (route, query, headers) => {
    const one = await ask(route);
    const other = await askAgain(route, one, { query, headers });
    expect(other.statusCode).toBe(200);
    expect(tagOf(other)).not.toBe(tagOf(one));
  });

  const past = { from: "2026-11-23", until: "2026-11-25" };
  test.each([
    ["credits", {}, minuteMs, 304],
    ["credits", {}, hourMs, 200],
    ["history", {}, 24 * hourMs, 304],
    ["costs", {}, minuteMs, 200],
    ["costs", past, 24 * hourMs, 304],
    ["page", {}, minuteMs, 200],
  ] as const)(
    "where the clock moves the answer: %s %j after %i ms",
    async (route, query, laterMs, status) => {
      const known = await ask(route, { query });
      const later = await askAgain(route, known, { query, atMs: nowMs + laterMs });
      expect(later.statusCode).toBe(status);
    },
  );
});

test("another project's measurements and grants change no tag", async () => {
  const before = await askAll();
  await measure("another", [[-5, 300]]);
  await adminOf(functions).grant("another", { granted_credits: 5, reason: "begins" });
  for (const [index, route] of routes.entries()) {
    expect((await askAgain(route, before[index] as HttpAnswer)).statusCode).toBe(304);
  }
});

test.each([
  ["costs", { from: "2026-10-01", until: "2026-10-20" }, "private, max-age=3600"],
  [
    "costs",
    { from: "2026-10-01", until: "2026-11-20" },
    "private, max-age=15, stale-while-revalidate=45",
  ],
  [
    "history",
    { end_date: "2026-11-25 12:00:00" },
    "private, max-age=15, stale-while-revalidate=45",
  ],
] as const)("%s %j may be kept as it is rarely corrected: %s", async (route, query, caching) => {
  expect((await ask(route, { query })).headers["cache-control"]).toBe(caching);
});

test.each(["sites", "metrics"] as const)("%s says what is unchanged, too", async (name) => {
  const headers = { "x-api-key": keys.read };
  const first = await functions.call(name, { headers });
  expect(first.headers["cache-control"]).toBe("private, no-cache");
  const again = { headers: { ...headers, "if-none-match": tagOf(first) } };
  expect(await functions.call(name, again)).toMatchObject({ statusCode: 304, body: "" });
  if (name === "metrics") return;
  await measure("another", [[-4, 301]]);
  expect((await functions.call(name, again)).statusCode).toBe(200);
});
