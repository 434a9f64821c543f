import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTcpServer, type Server } from "node:net";
import { afterEach, describe, expect, test } from "@jest/globals";
import { portalChannels } from "../../../../lib/portal/limit-channel.ts";
import { DeliveryFailed } from "../../../../lib/usecases/notices/notice.ts";
import { limitNotice } from "../../../support/notices/notices.ts";
import { listen, stopServers } from "../../../support/servers/listening.ts";

interface Received {
  readonly line: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

afterEach(stopServers);

/** Longer than any portal here takes that answers at all, also on a busy machine. */
const answeredMsMax = 30_000;
/** For those that do not. */
const shortMs = 400;

/** A portal that answers so, what it received, and the channel to it. */
async function portal(answer: (response: ServerResponse) => void, totalMs = answeredMsMax) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    received.push({
      line: `${request.method} ${request.url}`,
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
    });
    answer(response);
  });
  return { received, send: await sender(server, totalMs) };
}

async function sender(server: Server, totalMs = answeredMsMax) {
  const port = await listen(server);
  const [channel] = portalChannels(
    { url: new URL(`http://127.0.0.1:${port}/api/credits-limit/`), apiKey: "portal key" },
    { connectMs: answeredMsMax, totalMs },
  );
  return (notice = limitNotice()) => channel?.send(notice, new Map());
}

const failure = async (sending: Promise<void> | undefined) => {
  const error = await sending?.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(DeliveryFailed);
  const { about, message } = error as DeliveryFailed;
  expect(message).not.toContain("portal key");
  return [about, message];
};

test("the body, the key and the path are those of the service before", async () => {
  const { received, send } = await portal((response) => response.writeHead(200).end("ok"));
  await send();
  await send(
    limitNotice({ threshold: "100.0", projectName: "Genetik & Co (ä)", usedCredits: "100.00001" }),
  );
  expect(received[0]?.body).toBe(
    "project_name=C&granted_credits=100.0&used_credits=50.0&timestamp=1795401783.677099&limit_type=half+limit+reached",
  );
  expect(received[1]?.body).toBe(
    "project_name=Genetik+%26+Co+%28%C3%A4%29&granted_credits=100.0&used_credits=100.00001&timestamp=1795401783.677099&limit_type=full+limit+reached",
  );
  expect(received[0]?.line).toBe("POST /api/credits-limit/");
  expect(received[0]?.headers).toMatchObject({
    "content-type": "application/x-www-form-urlencoded",
    "content-length": "112",
    "x-api-key": "portal key",
    "idempotency-key": limitNotice().id,
  });
});

describe("only 200 counts as delivered", () => {
  test.each([
    [201, "receiver"],
    [204, "receiver"],
    [301, "receiver"],
    [302, "receiver"],
    [400, "notice"],
    [401, "receiver"],
    [404, "receiver"],
    [422, "notice"],
    [429, "receiver"],
    [500, "receiver"],
    [503, "receiver"],
  ])("%d is about the %s", async (statusCode, about) => {
    const { received, send } = await portal((response) =>
      response.writeHead(statusCode, { Location: "/elsewhere" }).end(),
    );
    expect(await failure(send())).toEqual([
      about,
      `The portal answered ${statusCode} instead of 200`,
    ]);
    expect(received.length).toBe(1);
  });
});

describe("a portal fails that", () => {
  test("never answers", async () => {
    const { send } = await portal(() => {}, shortMs);
    expect(await failure(send())).toEqual([
      "receiver",
      "The portal was not reached: no answer within 400 ms",
    ]);
  });

  test("answers and never ends its answer", async () => {
    const { send } = await portal((response) => response.writeHead(200).write("o"), shortMs);
    expect((await failure(send()))[0]).toBe("receiver");
  });

  test("resets the connection", async () => {
    const send = await sender(createTcpServer((socket) => socket.resetAndDestroy()));
    expect(await failure(send())).toEqual(["receiver", "The portal was not reached: ECONNRESET"]);
  });

  test("closes the connection", async () => {
    const send = await sender(createTcpServer((socket) => socket.end()));
    expect((await failure(send()))[0]).toBe("receiver");
  });

  test("answers garbage", async () => {
    const send = await sender(createTcpServer((socket) => socket.end("SSH-2.0-OpenSSH\r\n")));
    expect((await failure(send()))[0]).toBe("receiver");
  });

  test("is not there", async () => {
    const server = createTcpServer();
    const send = await sender(server);
    await stopServers();
    expect(await failure(send())).toEqual(["receiver", "The portal was not reached: ECONNREFUSED"]);
  });
});

test("an answer without end is cut off at once, and its status counts", async () => {
  const closed = Promise.withResolvers<void>();
  const flood = (response: ServerResponse) => {
    while (response.write("x".repeat(1_024)));
    if (!response.destroyed) response.once("drain", () => flood(response));
  };
  const { send } = await portal((response) => {
    response.once("close", closed.resolve);
    flood(response);
  });
  const before = performance.now();
  await send();
  await closed.promise;
  expect(performance.now() - before).toBeLessThan(10_000);
});
