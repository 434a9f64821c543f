import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "@jest/globals";
import type { RunningStack } from "../../support/servers/stack.ts";
import { creditsWhen, fullHour } from "../../support/servers/stack-client.ts";

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage["headers"];
}

/** Sends the headers as they are, names and values in turn: fetch() would add some and join others. */
async function sendRaw(
  url: string,
  method: string,
  headers: readonly string[],
  body = "",
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const { host } = new URL(url);
  const all = ["Host", host, "Content-Length", String(Buffer.byteLength(body)), ...headers];
  request(url, { method, headers: all }, resolve).once("error", reject).end(body);
  const response = await promise;
  await text(response);
  return { status: response.statusCode, headers: response.headers };
}

/** The gateway in front of the functions answers as AWS's does. */
export function gatewayScenarios(running: () => RunningStack) {
  describe("the laptop's gateway", () => {
    test("takes the points of a subscription of InfluxDB, which sends an empty content type", async () => {
      const { baseUrl, keys } = running();
      const url = `${baseUrl}/write?consistency=&db=telegraf&precision=ns&rp=autogen`;
      const headers = ["Authorization", `Bearer ${keys.ingest}`, "Content-Type", ""];
      const project = "e2e-subscription";
      for (const [value, hours] of [
        [1, 2],
        [4, 1],
      ] as const) {
        const time = `${Date.parse(fullHour(hours))}000000`;
        const point = `project_vcpu_usage,project_name=${project} value=${value} ${time}`;
        expect((await sendRaw(url, "POST", headers, point)).status).toBe(204);
      }
      expect(await creditsWhen(running(), project, "3.0")).toBe("3.0");
    });

    test("joins headers of one name, so that of two keys none is taken", async () => {
      const { baseUrl, keys } = running();
      const key = ["X-API-KEY", keys.read];
      expect((await sendRaw(`${baseUrl}/api/metrics`, "GET", key)).status).toBe(200);
      const { status } = await sendRaw(`${baseUrl}/api/metrics`, "GET", [...key, ...key]);
      expect(status).toBe(401);
    });

    test.each(["GET", "OPTIONS"])("lets no page of another origin read: %s", async (method) => {
      const { baseUrl, keys } = running();
      const { headers } = await sendRaw(`${baseUrl}/api/metrics`, method, [
        ...["Origin", "https://elsewhere.example", "X-API-KEY", keys.read],
        ...["Access-Control-Request-Method", "GET", "Access-Control-Request-Headers", "X-API-KEY"],
      ]);
      expect(Object.keys(headers).filter((name) => name.startsWith("access-control-"))).toEqual([]);
    });
  });
}
