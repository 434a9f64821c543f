import { expect, test } from "@jest/globals";
import { pino } from "pino";
import { parseApiKeys } from "../../../lib/http/stack/api-keys.ts";
import { httpFunction } from "../../../lib/http/stack/http-function.ts";
import { httpEvent, lambdaContext } from "../../support/http-event.ts";
import { runProgram } from "../../support/servers/run-program.ts";

const makeKey = async (...args: string[]) => {
  const { stdout } = await runProgram("lib/commands/make-key.ts", args);
  const [key = "", entry = ""] = [...stdout.matchAll(/^ {2}(\S+)$/gm)].map((match) => match[1]);
  return { key, entry };
};

/** A function behind these keys, and what it logs. */
function functionWith(apiKeys: string) {
  const lines: string[] = [];
  const handler = httpFunction({
    scope: "ingest",
    keys: { apiKeys: async () => parseApiKeys(apiKeys), anonymousScopes: new Set() },
    logger: pino({ level: "debug" }, { write: (line: string) => void lines.push(line) }),
    handle: async (_event, { caller: { keyId, site } }) => ({
      statusCode: 200,
      headers: {},
      body: JSON.stringify({ keyId, site }),
    }),
  });
  const call = (headers: Record<string, string>) =>
    handler(httpEvent({ method: "POST", path: "/write", headers }), lambdaContext);
  return { call, lines };
}

test("a key that the command makes opens what its entry says, also while another one is rotated out", async () => {
  const [old, fresh] = await Promise.all([
    makeKey("--id", "exporter-2025", "--scope", "ingest", "--site", "8676"),
    makeKey("--id", "exporter-2026", "--scope", "ingest", "--site", "8676"),
  ]);
  expect(fresh.key).toMatch(/^[\w-]{32}$/);
  expect(fresh.key).not.toBe(old.key);
  expect(fresh.entry).not.toContain(fresh.key);
  const both = functionWith(`[${old.entry},${fresh.entry}]`);
  for (const [{ key }, keyId] of [
    [old, "exporter-2025"],
    [fresh, "exporter-2026"],
  ] as const) {
    const answer = await both.call({ "x-api-key": key });
    expect(JSON.parse(answer.body)).toEqual({ keyId, site: "8676" });
  }
  const rotated = functionWith(`[${fresh.entry}]`);
  expect((await rotated.call({ "x-api-key": old.key })).statusCode).toBe(401);
  expect((await rotated.call({ "x-api-key": fresh.key })).statusCode).toBe(200);
});

test("each request's log line has the key's id, and no line has a key", async () => {
  const { key, entry } = await makeKey("--id", "cron", "--scope", "ingest");
  const { call, lines } = functionWith(`[${entry}]`);
  const basic = Buffer.from(`user:${key}`).toString("base64");
  await call({ "x-api-key": key });
  await call({ authorization: `Bearer ${key}` });
  await call({ authorization: `Basic ${basic}` });
  await call({ "x-api-key": "guessed-key" });
  expect(lines.map((line) => JSON.parse(line).keyId)).toEqual(["cron", "cron", "cron", "none"]);
  expect(JSON.parse(lines[3] ?? "")).toMatchObject({
    code: "key-unknown",
    detail: "This key is not known here.",
  });
  for (const secret of [key, basic, "guessed-key"]) expect(lines.join()).not.toContain(secret);
});

test("the log line of a request that a key does not permit has that key's id", async () => {
  const { key, entry } = await makeKey("--id", "dashboard", "--scope", "read");
  const { call, lines } = functionWith(`[${entry}]`);
  expect((await call({ "x-api-key": key })).statusCode).toBe(403);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({
    keyId: "dashboard",
    code: "scope-insufficient",
  });
});

test.each([
  [["--id", "x"], /--scope is missing/],
  [["--id", "x", "--scope", "root"], /^--scope must be ingest, read or admin$/m],
  [["--id", "x".repeat(65), "--scope", "read"], /^--id must be 1 to 64 characters$/m],
  [["--id", "x", "--scope", "read", "--site", "8676"], /--site is for scope ingest/],
])("a key that could not be configured is not made: %j", async (args, message) => {
  await expect(makeKey(...args)).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(message),
    stdout: "",
  });
});
