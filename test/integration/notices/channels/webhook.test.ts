import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTcpServer, type Server } from "node:net";
import { afterEach, describe, expect, test } from "@jest/globals";
import { Webhook } from "standardwebhooks";
import { DeliveryFailed } from "../../../../lib/usecases/notices/notice.ts";
import { webhookChannels } from "../../../../lib/webhook/webhook-channel.ts";
import { readWebhookSettings } from "../../../../lib/webhook/webhook-settings.ts";
import { limitNotice } from "../../../support/notices/notices.ts";
import { listen, stopServers } from "../../../support/servers/listening.ts";

const [oldSecret, newSecret, otherSecret] = [1, 2, 3].map(
  (byte) => `whsec_${Buffer.alloc(32, byte).toString("base64")}`,
) as [string, string, string];

interface Received {
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

afterEach(stopServers);

/** Longer than any receiver here takes that answers at all, also on a busy machine. */
const answeredMsMax = 30_000;
/** For those that do not. */
const shortMs = 400;

/** A receiver that answers so, what it received, and the channel to it. */
async function receiver(
  answer: (response: ServerResponse) => void,
  secrets = [newSecret],
  timeoutMs = answeredMsMax,
) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
    answer(response);
  });
  return { received, send: await sender(server, secrets, timeoutMs) };
}

async function sender(server: Server, secrets = [newSecret], timeoutMs = answeredMsMax) {
  const url = `http://127.0.0.1:${await listen(server)}/hook/token?key=geheim`;
  const variables: Record<string, string> = {
    WEBHOOKS: JSON.stringify([{ url, secrets }]),
    WEBHOOK_ALLOW_PRIVATE: "127.0.0.0/8",
  };
  const settings = readWebhookSettings((name) => variables[name]);
  const [channel] = webhookChannels(settings, { timeoutMs });
  return (notice = limitNotice()) => channel?.send(notice, new Map());
}

async function failure(sending: Promise<void> | undefined): Promise<DeliveryFailed> {
  const error = await sending?.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(DeliveryFailed);
  expect((error as Error).message).not.toMatch(/geheim|token|whsec/);
  return error as DeliveryFailed;
}

const verify = (secret: string, { headers, body }: Received) =>
  new Webhook(secret).verify(body, headers as Record<string, string>);

describe("a delivery", () => {
  test("is one that the Standard Webhooks library verifies", async () => {
    const { received, send } = await receiver((response) => response.end());
    const projectName = 'Genetik "ä€😀", <b>';
    await send(limitNotice({ projectName }));
    expect(verify(newSecret, received[0] as Received)).toMatchObject({
      type: "limit.reached",
      data: { project_name: projectName },
    });
    expect(received[0]?.headers["content-type"]).toBe("application/json");
  });

  test("is not verified by another secret, nor when a byte is changed", async () => {
    const { received, send } = await receiver((response) => response.end());
    await send();
    const [{ headers, body }] = received as [Received];
    expect(() => verify(otherSecret, { headers, body })).toThrow();
    expect(() => verify(newSecret, { headers, body: body.replace("50.0", "51.0") })).toThrow();
  });

  test("is verified by either secret while they are rotated", async () => {
    const { received, send } = await receiver((response) => response.end(), [newSecret, oldSecret]);
    await send();
    for (const secret of [newSecret, oldSecret]) {
      expect(verify(secret, received[0] as Received)).toMatchObject({ type: "limit.reached" });
    }
  });

  test("keeps its id and its bytes at every try", async () => {
    const { received, send } = await receiver((response) => response.writeHead(500).end());
    for (const _try of [1, 2]) await failure(send());
    expect(received.map(({ headers }) => headers["webhook-id"])).toEqual(
      new Array(2).fill(limitNotice().id),
    );
    expect(received[0]?.body).toBe(received[1]?.body);
  });
});

test("a name is looked up where the machine's names are", async () => {
  const port = await listen(createServer((_request, response) => response.end()));
  const variables: Record<string, string> = {
    WEBHOOKS: JSON.stringify([{ url: `http://localhost:${port}/`, secrets: [newSecret] }]),
    WEBHOOK_ALLOW_PRIVATE: "127.0.0.0/8,::1/128",
  };
  const [channel] = webhookChannels(readWebhookSettings((name) => variables[name]));
  await channel?.send(limitNotice(), new Map());
});

describe("what the receiver answers:", () => {
  test.each([200, 201, 202, 204])("%d is a delivery", async (statusCode) => {
    const { send } = await receiver((response) => response.writeHead(statusCode).end());
    await send();
  });

  test.each([
    [301, "receiver"],
    [302, "receiver"],
    [307, "receiver"],
    [400, "notice"],
    [404, "notice"],
    [408, "receiver"],
    [410, "gone"],
    [413, "notice"],
    [429, "receiver"],
    [500, "receiver"],
    [503, "receiver"],
  ])("%d is a failure about the %s, and a redirect is not followed", async (statusCode, about) => {
    const { received, send } = await receiver((response) =>
      response.writeHead(statusCode, { Location: "/hook/elsewhere" }).end(),
    );
    const { message, ...error } = await failure(send());
    expect([error.about, error.retryAfterMs]).toEqual([about, undefined]);
    expect(message).toContain(String(statusCode));
    expect(received.length).toBe(1);
  });

  test.each([429, 503])("%d may say when to come again", async (statusCode) => {
    const { send } = await receiver((response) =>
      response.writeHead(statusCode, { "Retry-After": "120" }).end(),
    );
    expect((await failure(send())).retryAfterMs).toBe(120_000);
  });

  test("a body without end is cut off at once, and the status counts", async () => {
    const flood = (response: ServerResponse) => {
      while (response.write("x".repeat(1_024)));
      if (!response.destroyed) response.once("drain", () => flood(response));
    };
    const { send } = await receiver(flood);
    const before = performance.now();
    await send();
    expect(performance.now() - before).toBeLessThan(10_000);
  });

  test("a body that breaks off is not missed, and the status counts", async () => {
    const { send } = await receiver((response) => {
      response.writeHead(200, { "Content-Length": "100" }).write("x", () => response.destroy());
    });
    await send();
  });

  test("a body that drips beyond the time limit is not waited for, and the status counts", async () => {
    const dripping = (response: ServerResponse) => {
      const drip = setInterval(() => response.write("x"), 50);
      response.once("close", () => clearInterval(drip));
    };
    // Its status has to come within the limit, also on a busy machine.
    const { send } = await receiver(dripping, [newSecret], 2_000);
    const before = performance.now();
    await send();
    expect(performance.now() - before).toBeLessThan(20_000);
  });
});

describe("a receiver fails that", () => {
  test("never answers", async () => {
    const { send } = await receiver(() => {}, [newSecret], shortMs);
    expect((await failure(send())).message).toBe(
      "The receiver was not reached: no answer within 400 ms",
    );
  });

  test("answers too late", async () => {
    const late = (response: ServerResponse) => setTimeout(() => response.end(), 1.5 * shortMs);
    const { send } = await receiver(late, [newSecret], shortMs);
    expect((await failure(send())).about).toBe("receiver");
  });

  test("drips its headers beyond the time limit", async () => {
    const send = await sender(
      createTcpServer((socket) => {
        socket.write("HTTP/1.1 200 OK\r\n");
        const drip = setInterval(() => socket.write("A: b\r\n"), 50);
        socket.once("close", () => clearInterval(drip));
      }),
      [newSecret],
      shortMs,
    );
    expect((await failure(send())).message).toContain("no answer within 400 ms");
  });

  test("resets the connection", async () => {
    const send = await sender(createTcpServer((socket) => socket.resetAndDestroy()));
    expect((await failure(send())).message).toBe("The receiver was not reached: ECONNRESET");
  });

  test("closes the connection", async () => {
    const send = await sender(createTcpServer((socket) => socket.end()));
    expect((await failure(send())).about).toBe("receiver");
  });

  test("answers garbage", async () => {
    const send = await sender(createTcpServer((socket) => socket.end("SSH-2.0-OpenSSH\r\n")));
    expect((await failure(send())).about).toBe("receiver");
  });

  test("switches to another protocol", async () => {
    const send = await sender(
      createTcpServer((socket) =>
        socket.write(
          "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        ),
      ),
    );
    expect((await failure(send())).about).toBe("receiver");
  });

  test("is not there", async () => {
    const send = await sender(createTcpServer());
    await stopServers();
    expect((await failure(send())).message).toBe("The receiver was not reached: ECONNREFUSED");
  });
});
