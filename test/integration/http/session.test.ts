import { afterAll, afterEach, beforeAll, expect, jest, test } from "@jest/globals";
import type { HttpAnswer } from "../../../lib/http/stack/answer.ts";
import { linkToken } from "../../../lib/http/stack/project-links.ts";
import { apiKeysJson, keys, linkKeys } from "../../support/api-keys.ts";
import type { Call } from "../../support/http-event.ts";
import { type Functions, loadFunctions } from "../../support/servers/functions.ts";

const hourMs = 3_600_000;
let functions: Functions;
beforeAll(async () => {
  functions = await loadFunctions();
  const measurements = ["bound", "another"].map((project_name) => ({
    project_name,
    metric: "project_vcpu_usage",
    value: 0,
    time: new Date(Date.now() - hourMs).toISOString(),
  }));
  await functions.receive({ body: JSON.stringify({ measurements }) });
  await functions.billQueued();
});
afterEach(() => {
  jest.restoreAllMocks();
});
afterAll(async () => {
  await functions[Symbol.asyncDispose]();
});

const login = (form: Record<string, string>) =>
  functions.call("session", {
    method: "POST",
    path: "/session",
    headers: { "content-type": "application/x-www-form-urlencoded", accept: "text/html" },
    body: new URLSearchParams(form).toString(),
  });
const cookieOf = ({ headers }: HttpAnswer): string =>
  (headers["set-cookie"] ?? "").split(";")[0] ?? "";
const session = async (key: string) => [cookieOf(await login({ key, to: "/" }))];
const html = { accept: "text/html" };
const page = (project_name: string, cookies: string[], call: Partial<Call> = {}) =>
  functions.call("page", { pathParameters: { project_name }, headers: html, cookies, ...call });

test("a key opens the pages in this browser, and goes on to the one that was asked for", async () => {
  const answer = await login({ key: keys.read, to: "/credits_history/bound?range=year" });
  expect(answer).toMatchObject({
    statusCode: 303,
    headers: { location: "/credits_history/bound?range=year", "cache-control": "no-store" },
  });
  expect(answer.headers["set-cookie"]).toMatch(
    /^__Host-credits=v1\.2026b\.[\w-]+\.[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Strict$/,
  );
  expect((await page("bound", [cookieOf(answer)])).statusCode).toBe(200);
});

test.each(["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", ""])(
  "nobody is sent to %j",
  async (to) => {
    expect((await login({ key: keys.read, to })).headers["location"]).toBe("/");
  },
);

test.each([
  ["a wrong key", "wrong", 401],
  ["no key", "", 401],
  ["a key that reports", keys.ingest, 403],
])("%s opens nothing, and the page says so", async (_what, key, status) => {
  const answer = await login({ key, to: "/" });
  expect(answer.statusCode).toBe(status);
  expect(answer.headers).not.toHaveProperty("set-cookie");
  expect(answer.headers["content-type"]).toMatch(/^text\/html/);
});

test("a session sees what its key sees", async () => {
  const cookies = await session(keys.readProject);
  expect((await page("bound", cookies)).statusCode).toBe(200);
  expect((await page("another", cookies)).statusCode).toBe(403);
});

test("it is for pages: a program's question, and what changes anything, needs the key itself", async () => {
  const cookies = await session(keys.admin);
  expect((await page("bound", cookies, { headers: { accept: "*/*" } })).statusCode).toBe(401);
  const grant = await functions.call("grant", {
    method: "PUT",
    pathParameters: { project_name: "bound" },
    cookies,
    headers: html,
    body: JSON.stringify({ granted_credits: 1, reason: "forged" }),
  });
  expect(grant.statusCode).toBe(401);
  const link = await functions.call("link", { method: "POST", cookies, headers: html, body: "{}" });
  expect(link.statusCode).toBe(401);
});

test("it ends after eight hours, with its key, and where it was changed", async () => {
  const [cookie = ""] = await session(keys.read);
  jest.spyOn(Date, "now").mockReturnValue(Date.now() + 8 * hourMs + 2_000);
  expect((await page("bound", [cookie])).statusCode).toBe(401);
  jest.restoreAllMocks();
  expect((await page("bound", [`${cookie.slice(0, -1)}_`])).statusCode).toBe(401);
  const [newest] = linkKeys as [(typeof linkKeys)[0]];
  const link = linkToken(newest, {
    projectName: "bound",
    generation: 0,
    expiresMs: Date.now() + hourMs,
  });
  expect((await page("bound", [`__Host-credits=${link}`])).statusCode).toBe(401);

  const { keyOfSession } = await import("../../../lib/http/stack/sessions.ts");
  const { parseApiKeys } = await import("../../../lib/http/stack/api-keys.ts");
  const { httpEvent } = await import("../../support/http-event.ts");
  const event = httpEvent({ method: "GET", path: "/", headers: html, cookies: [cookie] });
  const configured = parseApiKeys(apiKeysJson);
  expect(keyOfSession(event, linkKeys, configured, Date.now())?.id).toBe("the-read-key");
  // Another key with the same id is another key.
  const replaced = configured.map((key) =>
    key.id === "the-read-key" ? { ...key, sha256: Buffer.alloc(32) } : key,
  );
  expect(keyOfSession(event, linkKeys, replaced, Date.now())).toBeUndefined();
});

test("a page that nobody may see yet asks operators for their key, and remembers where they were", async () => {
  const answer = await page("bound", [], {
    path: "/credits_history/bound",
    query: { range: "year", link: "wrong" },
  });
  expect(answer.body).toContain('<form method="post" action="/session"');
  expect(answer.body).toContain('name="to" value="/credits_history/bound?range=year"');
});
