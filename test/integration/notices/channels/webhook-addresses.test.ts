import { createServer as createPlain } from "node:http";
import { createServer as createSecure } from "node:https";
import type { TLSSocket } from "node:tls";
import { afterEach, describe, expect, test } from "@jest/globals";
import { DeliveryFailed } from "../../../../lib/usecases/notices/notice.ts";
import type { ResolvedAddress } from "../../../../lib/webhook/checked-lookup.ts";
import { webhookChannels } from "../../../../lib/webhook/webhook-channel.ts";
import { readWebhookSettings } from "../../../../lib/webhook/webhook-settings.ts";
import { certificateFor } from "../../../support/notices/certificate.ts";
import { limitNotice } from "../../../support/notices/notices.ts";
import { listen, stopServers } from "../../../support/servers/listening.ts";

const hostname = "hooks.example.org";
const certificate = certificateFor(hostname);
const secret = `whsec_${Buffer.alloc(32, 1).toString("base64")}`;

afterEach(stopServers);

interface Sending {
  readonly url: string;
  readonly allowed?: string;
  /** The addresses that the name resolves to, first and every further time. */
  readonly answers?: readonly (readonly string[])[];
  readonly ca?: string;
}

/** Sends once; `failure` is the message of what went wrong, and `lookups` counts the resolutions. */
async function send({ url, allowed = "", answers = [], ca = certificate.cert }: Sending) {
  let lookups = 0;
  const resolve = async (): Promise<readonly ResolvedAddress[]> => {
    const addresses = answers[Math.min(lookups++, answers.length - 1)] ?? [];
    return addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
  };
  const variables: Record<string, string> = {
    WEBHOOKS: JSON.stringify([{ url, secrets: [secret] }]),
    WEBHOOK_ALLOW_PRIVATE: allowed,
  };
  const settings = readWebhookSettings((name) => variables[name]);
  // Longer than any receiver here takes, also on a busy machine.
  const [channel] = webhookChannels(settings, { resolve, timeoutMs: 30_000, tls: { ca } });
  const failure = await channel?.send(limitNotice(), new Map()).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failure !== undefined) {
    expect(failure).toBeInstanceOf(DeliveryFailed);
    expect((failure as DeliveryFailed).about).toBe("receiver");
  }
  return { failure: (failure as Error | undefined)?.message, lookups };
}

/** A receiver with TLS: to which name it was called, and by which certificate it was found. */
async function secureReceiver() {
  const calls: (readonly unknown[])[] = [];
  const server = createSecure({ ...certificate }, (request, response) => {
    calls.push([(request.socket as TLSSocket).servername, request.headers.host]);
    response.end();
  });
  return { calls, port: await listen(server) };
}

describe("a name", () => {
  test("is resolved once, and what was checked is connected to", async () => {
    const { calls, port } = await secureReceiver();
    const url = `https://${hostname}:${port}/`;
    const answers = [["127.0.0.1"], ["8.8.8.8"]];
    expect(await send({ url, allowed: "127.0.0.0/8", answers })).toEqual({
      failure: undefined,
      lookups: 1,
    });
    expect(calls).toEqual([[hostname, `${hostname}:${port}`]]);
  });

  test("that would answer something else the second time is not asked again", async () => {
    const { calls, port } = await secureReceiver();
    const { failure, lookups } = await send({
      url: `https://${hostname}:${port}/`,
      allowed: "127.0.0.2",
      answers: [["127.0.0.2"], ["127.0.0.1"]],
    });
    // Nobody listens at 127.0.0.2, and 127.0.0.1, which does, was never allowed.
    expect([failure, lookups]).toEqual(["The receiver was not reached: ECONNREFUSED", 1]);
    expect(calls).toEqual([]);
  });

  test.each([
    [["10.0.0.1"], "10.0.0.1"],
    [["169.254.169.254"], "169.254.169.254"],
    [["8.8.8.8", "127.0.0.1"], "127.0.0.1"],
    [["2606:4700:4700::1111", "::1"], "::1"],
    [["::ffff:127.0.0.1"], "::ffff:127.0.0.1"],
    [["fe80::1"], "fe80::1"],
  ])("that resolves to %p is refused", async (addresses, bad) => {
    const { failure, lookups } = await send({ url: `https://${hostname}/`, answers: [addresses] });
    expect(failure).toBe(
      `The receiver is not connected to: ${hostname} is ${bad}, which is not a public address`,
    );
    expect(lookups).toBe(1);
  });

  test("of which only one address is allowed is refused", async () => {
    const { calls, port } = await secureReceiver();
    const { failure } = await send({
      url: `https://${hostname}:${port}/`,
      allowed: "127.0.0.1/32",
      answers: [["127.0.0.1", "127.0.0.2"]],
    });
    expect(failure).toContain("127.0.0.2");
    expect(calls).toEqual([]);
  });

  test("of which one address is away is reached at the next", async () => {
    const { calls, port } = await secureReceiver();
    const { failure } = await send({
      url: `https://${hostname}:${port}/`,
      allowed: "127.0.0.0/8",
      answers: [["127.0.0.2", "127.0.0.1"]],
    });
    expect([failure, calls.length]).toEqual([undefined, 1]);
  });

  test("is resolved and checked at every try: no connection is kept", async () => {
    const { calls, port } = await secureReceiver();
    const sending = { url: `https://${hostname}:${port}/`, answers: [["127.0.0.1"]] };
    expect((await send({ ...sending, allowed: "127.0.0.0/8" })).failure).toBeUndefined();
    const { failure, lookups } = await send(sending);
    expect([failure, lookups]).toEqual([expect.stringContaining("not a public address"), 1]);
    expect(calls.length).toBe(1);
  });

  test("without an address is a failure", async () => {
    expect((await send({ url: `https://${hostname}/`, answers: [[]] })).failure).toContain(
      "has no address",
    );
  });

  test("that is never resolved is given up in time", async () => {
    const variables: Record<string, string> = {
      WEBHOOKS: JSON.stringify([{ url: `https://${hostname}/`, secrets: [secret] }]),
    };
    const [channel] = webhookChannels(
      readWebhookSettings((name) => variables[name]),
      { resolve: () => new Promise(() => {}), timeoutMs: 200 },
    );
    await expect(channel?.send(limitNotice(), new Map())).rejects.toThrow(
      "no answer within 200 ms",
    );
  });
});

describe("an address in the place of a name is refused:", () => {
  test.each([
    "https://127.0.0.1/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://017700000001/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[fd00::1]/",
    "https://169.254.169.254/latest/meta-data/",
    "https://0/",
  ])("%s", async (url) => {
    const { failure, lookups } = await send({ url });
    expect(failure).toContain("which is not a public address");
    expect(lookups).toBe(0);
  });
});

describe("without TLS", () => {
  test("an allowed address is posted to", async () => {
    const port = await listen(createPlain((_request, response) => response.end()));
    const url = `http://${hostname}:${port}/`;
    const { failure } = await send({ url, allowed: "127.0.0.0/8", answers: [["127.0.0.1"]] });
    expect(failure).toBeUndefined();
  });

  test("a public one is not", async () => {
    const { failure } = await send({ url: `http://${hostname}/`, answers: [["8.8.8.8"]] });
    expect(failure).toContain("8.8.8.8, which is not spoken to without TLS");
    expect((await send({ url: "http://8.8.8.8/" })).failure).toContain("without TLS");
  });
});

describe("a certificate", () => {
  test("of somebody unknown is refused", async () => {
    const { calls, port } = await secureReceiver();
    const { failure } = await send({
      url: `https://${hostname}:${port}/`,
      allowed: "127.0.0.0/8",
      answers: [["127.0.0.1"]],
      ca: certificateFor(hostname).cert,
    });
    expect(failure).toMatch(/DEPTH_ZERO_SELF_SIGNED_CERT|SIGNATURE/);
    expect(calls).toEqual([]);
  });

  test("for another name is refused", async () => {
    const { calls, port } = await secureReceiver();
    const { failure } = await send({
      url: `https://other.example.org:${port}/`,
      allowed: "127.0.0.0/8",
      answers: [["127.0.0.1"]],
    });
    expect(failure).toContain("ERR_TLS_CERT_ALTNAME_INVALID");
    expect(calls).toEqual([]);
  });
});
