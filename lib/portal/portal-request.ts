import { type Agent, type IncomingMessage, request as requestPlain } from "node:http";
import { request as requestSecure } from "node:https";
import type { Socket } from "node:net";

export interface PortalRequest {
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Keeps connections for the next calls; without it each call has one of its own. */
  readonly agent?: Agent;
}

export interface PortalAnswer {
  readonly statusCode: number;
  /** At most `answerLengthMax` characters: more is nothing that the portal answers. */
  readonly body: string;
}

/** As the service before this one: 5 s to connect, 10 s in total. */
export const portalTimeouts = { connectMs: 5_000, totalMs: 10_000 };

const answerLengthMax = 4_096;

/**
 * One call of the portal. A kept connection would not survive that the function is frozen, so an agent
 * lives no longer than a run. Redirects are not followed, so that the key goes nowhere else. Rejects with
 * what went wrong on the way, the timeouts included.
 */
export function requestPortal(
  url: URL,
  { method, headers, body, agent }: PortalRequest,
  timeouts = portalTimeouts,
): Promise<PortalAnswer> {
  const request = url.protocol === "https:" ? requestSecure : requestPlain;
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: agent ?? false });
    const destroyAfter = (ms: number, what: string) =>
      setTimeout(() => {
        // First: a body that breaks off because of it would tell of that only.
        reject(new Error(`${what} within ${ms} ms`));
        sent.destroy();
      }, ms);
    const total = destroyAfter(timeouts.totalMs, "no answer");
    const connect = destroyAfter(timeouts.connectMs, "no connection");
    sent.on("socket", (socket: Socket) => {
      if (socket.connecting) socket.once("connect", () => clearTimeout(connect));
      else clearTimeout(connect);
    });
    let hasBegun = false;
    sent.on("response", (response) => {
      hasBegun = true;
      readAnswer(response).then(resolve, reject);
    });
    sent.on("error", reject);
    sent.on("close", () => {
      clearTimeout(total);
      clearTimeout(connect);
      // On a kept connection this comes before the promise of an answer that has been read.
      if (!hasBegun) reject(new Error("the connection was closed without an answer"));
    });
    sent.end(body);
  });
}

/** Rejects where the body breaks off: half a number is another number. */
function readAnswer(response: IncomingMessage): Promise<PortalAnswer> {
  return new Promise((resolve, reject) => {
    let body = "";
    const answered = () => resolve({ statusCode: response.statusCode ?? 0, body });
    response.setEncoding("utf8");
    response.on("data", (chunk: string) => {
      body = (body + chunk).slice(0, answerLengthMax);
      if (body.length < answerLengthMax) return;
      answered();
      response.destroy();
    });
    response.on("end", answered);
    response.on("error", reject);
  });
}
