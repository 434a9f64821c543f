import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import type { Context } from "aws-lambda";
import { Webhook } from "standardwebhooks";
import { adminOf } from "../../support/admin-calls.ts";
import { keys } from "../../support/api-keys.ts";
import { ledgerOf, measured } from "../../support/ledger/ledger-fixture.ts";
import { mailServer } from "../../support/notices/mail-server.ts";
import { emptyTables } from "../../support/servers/empty-tables.ts";
import { type Functions, loadFunctions } from "../../support/servers/functions.ts";
import { listen, stopServers } from "../../support/servers/listening.ts";

type Answer = (response: ServerResponse) => void;

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A server that keeps what it receives and answers as the test says. */
async function startReceiver() {
  const received: Received[] = [];
  const receiver = {
    received,
    answer: ((response) => void response.end()) as Answer,
    port: 0,
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
    receiver.answer(response);
  });
  receiver.port = await listen(server);
  return receiver;
}

const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
let functions: Functions;
let portal: Awaited<ReturnType<typeof startReceiver>>;
let hook: Awaited<ReturnType<typeof startReceiver>>;
let mails: Awaited<ReturnType<typeof mailServer>>;
let send: (leftMs?: number) => Promise<unknown>;
beforeAll(async () => {
  portal = await startReceiver();
  hook = await startReceiver();
  mails = await mailServer();
  functions = await loadFunctions({
    LIMIT_THRESHOLDS: "50,80,100",
    MAIL_CONTACT_URL: `http://127.0.0.1:${portal.port}/api`,
    API_CONTACT_KEY: "portal-key",
    WEBHOOKS: JSON.stringify([{ url: `http://127.0.0.1:${hook.port}/hook`, secrets: [secret] }]),
    WEBHOOK_ALLOW_PRIVATE: "127.0.0.0/8",
    MAIL_SMTP_SERVER: "127.0.0.1",
    MAIL_SMTP_PORT: String(mails.port),
    MAIL_NOT_STARTTLS: "true",
    MAIL_FROM: "credits@example.org",
    CLOUD_GOVERNANCE_MAIL: "governance@example.org",
  });
  const { handler } = await import("../../../functions/send-limit-notices.ts");
  send = (leftMs = 60_000) => handler({}, { getRemainingTimeInMillis: () => leftMs } as Context);
});
afterAll(async () => {
  await stopServers();
  await functions[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await emptyTables(functions.database.pool, "projects", "notices", "channels");
  for (const list of [portal.received, hook.received, mails.delivered]) list.length = 0;
  portal.answer = (response) => void response.end();
  hook.answer = (response) => void response.end();
});

const use = (minutes: number, credits: string) =>
  ledgerOf(functions.database).bill(measured("C", minutes, credits));
const grant = async (granted_credits: number) => {
  const answer = await adminOf(functions).grant("C", { granted_credits, reason: "test" });
  expect(answer.statusCode).toBe(200);
};
/** Everything that waits for its next try waits no longer, by the milliseconds of Node's clock, too. */
const later = () =>
  functions.database.pool.query(
    "with closed as (delete from channels) update deliveries set next_try_at = now() - interval '1 second' where state = 'due'",
  );
const hooked = () =>
  hook.received.map(({ headers, body }) => {
    const verified = new Webhook(secret).verify(body, headers as Record<string, string>);
    return (verified as { data: { threshold: number } }).data.threshold;
  });

test("each channel is told in its own way, the portal of half and full only", async () => {
  await use(0, "0");
  await grant(100);
  await use(10, "100.5");
  await send();
  const [half, full, ...others] = portal.received
    .map(({ body }) => body)
    .sort((a, b) => b.localeCompare(a));
  expect(others).toEqual([]);
  const begins = "project_name=C&granted_credits=100.0&used_credits=100.5&timestamp=";
  expect(half).toMatch(new RegExp(`^${begins}\\d+\\.\\d+&limit_type=half\\+limit\\+reached$`));
  expect(full).toMatch(new RegExp(`^${begins}\\d+\\.\\d+&limit_type=full\\+limit\\+reached$`));
  expect(portal.received[0]?.headers["x-api-key"]).toBe("portal-key");
  expect(hooked().sort()).toEqual([100, 50, 80]);
  expect(mails.delivered.map(({ mail }) => mail.headers["subject"]?.[0]).sort()).toEqual([
    "0% Credits left for Project C",
    "20% Credits left for Project C",
    "50% Credits left for Project C",
  ]);
});

test("a notice carries a link that opens the project's page, the same in mail and webhook", async () => {
  await use(0, "0");
  await grant(100);
  await use(10, "50");
  await send();
  const { data } = JSON.parse(hook.received[0]?.body ?? "");
  const { origin, pathname, searchParams } = new URL(data.page);
  expect(origin + pathname).toBe("https://credits.example.org/credits_history/C");
  expect(mails.delivered[0]?.mail.parts["text/plain"]).toContain(data.page);
  const call = { pathParameters: { project_name: "C" }, query: Object.fromEntries(searchParams) };
  expect((await functions.call("page", call)).statusCode).toBe(200);
  const headers = { "x-api-key": keys.admin };
  await functions.call("revocation", { ...call, method: "DELETE", headers });
  expect((await functions.call("page", call)).statusCode).toBe(403);
});

test("the story of a project: half, full, a larger grant, half again", async () => {
  await use(0, "0");
  await grant(100);
  await use(10, "50");
  await send();
  expect(hooked()).toEqual([50]);
  await use(20, "100");
  await send();
  expect(hooked().sort()).toEqual([100, 50, 80]);
  await grant(400);
  await send();
  expect(hooked()).toHaveLength(3);
  await use(30, "250");
  await send();
  await send();
  expect(hooked().slice(3)).toEqual([50]);
  expect(new Set(hook.received.map(({ headers }) => headers["webhook-id"])).size).toBe(4);
});

test("a crossing that is found when the time is nearly up is told by the next run", async () => {
  await use(0, "0");
  await grant(100);
  await use(10, "50");
  await send(11_000);
  expect(hook.received).toEqual([]);
  await send();
  expect(hooked()).toEqual([50]);
});

test("a grant lowered below what is used is told without new usage", async () => {
  await use(0, "0");
  await grant(100);
  await use(10, "40");
  await send();
  await grant(30);
  await send();
  expect(hooked().sort()).toEqual([100, 50, 80]);
});

const failing: readonly (readonly [string, Answer])[] = [
  ["with 500", (response) => void response.writeHead(500).end("oops")],
  ["with a page of another program", (response) => void response.writeHead(404).end("<html>")],
  ["with a redirect", (response) => void response.writeHead(302, { location: "/" }).end()],
  ["by hanging up", (response) => void response.destroy()],
];

test.each(failing)(
  "a portal that answers %s at the crossing is told when it is back, without new usage",
  async (_how, answer) => {
    portal.answer = answer;
    await use(0, "0");
    await grant(100);
    await use(10, "50");
    await send();
    const tried = portal.received.length;
    expect(tried).toBeGreaterThan(0);
    expect(hooked()).toEqual([50]);
    portal.answer = (response) => void response.end();
    await later();
    await send();
    await send();
    expect(portal.received.slice(tried)).toHaveLength(1);
    const [first] = portal.received;
    for (const again of portal.received) {
      expect(again.body).toBe(first?.body);
      expect(again.headers["idempotency-key"]).toBe(first?.headers["idempotency-key"]);
    }
    expect(hooked()).toEqual([50]);
  },
);

test("a scan that fails keeps nothing from being sent, and the run fails all the same", async () => {
  const { pool } = functions.database;
  await use(0, "0");
  await grant(100);
  await use(10, "50");
  hook.answer = (response) => void response.writeHead(500).end();
  await send();
  hook.answer = (response) => void response.end();
  await later();
  await pool.query("alter table limit_thresholds rename to elsewhere");
  await expect(send()).rejects.toMatchObject({
    cause: { message: expect.stringContaining("limit_thresholds") },
  });
  await pool.query("alter table elsewhere rename to limit_thresholds");
  expect(hook.received).toHaveLength(2);
  expect(await send()).toMatchObject({ noticed: 0 });
  expect(hook.received).toHaveLength(2);
});

test("killed between sending and recording: the receiver sees the same id again, never another", async () => {
  await use(0, "0");
  await grant(100);
  await use(10, "50");
  const root = join(import.meta.dirname, "../../..");
  let child: ChildProcess | undefined;
  // The run dies while the receiver has the notice and it has no answer yet.
  hook.answer = () => void child?.kill("SIGKILL");
  child = spawn(join(root, "node_modules/.bin/node"), ["test/support/notices/notice-run.ts"], {
    cwd: root,
    env: { ...process.env },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const [, signal] = await once(child, "exit");
  expect(signal).toBe("SIGKILL");
  hook.answer = (response) => void response.end();
  await send();
  expect(hook.received).toHaveLength(1);
  await later();
  await send();
  await send();
  expect(hook.received).toHaveLength(2);
  expect(hook.received[1]?.headers["webhook-id"]).toBe(hook.received[0]?.headers["webhook-id"]);
  expect(hook.received[1]?.body).toBe(hook.received[0]?.body);
});
