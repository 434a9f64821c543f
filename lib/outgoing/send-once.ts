import { type IncomingHttpHeaders, type IncomingMessage, request as requestPlain } from "node:http";
import { type RequestOptions, request as requestSecure } from "node:https";
import type { TcpNetConnectOpts } from "node:net";

/** Node's own options, `agent`, `lookup` and those of TLS among them. */
export type SendOptions = RequestOptions &
  Pick<TcpNetConnectOpts, "autoSelectFamilyAttemptTimeout"> & {
    readonly body?: string;
  };

export interface SendLimits {
  /** Until the connection stands; absent: only the total counts. */
  readonly connectMs?: number;
  /** From the resolution of the name to the end of the answer. */
  readonly totalMs: number;
}

export interface Answer {
  readonly statusCode: number;
  readonly headers: IncomingHttpHeaders;
  /** Its first `answerLengthMax` characters. */
  readonly body: string;
  /** The reason why the body is not all that was sent; undefined: it is. */
  readonly broken: Error | undefined;
}

/** More of an answer is not waited for. */
const answerLengthMax = 4_096;

/**
 * Sends one request over http or https and follows no redirect. Resolves where there is a status, even
 * if the answer breaks off behind it, and rejects with the reason where there is none.
 */
export function sendOnce(
  url: URL,
  { body, ...options }: SendOptions,
  { connectMs, totalMs }: SendLimits,
): Promise<Answer> {
  const request = url.protocol === "https:" ? requestSecure : requestPlain;
  return new Promise((resolve, reject) => {
    const sent = request(url, options);
    const timers: NodeJS.Timeout[] = [];
    let response: IncomingMessage | undefined;
    let text = "";
    // Only the first call counts: a request that is destroyed fails once more.
    const settle = (broken?: Error) => {
      for (const timer of timers) clearTimeout(timer);
      if (response === undefined) return reject(broken);
      resolve({
        statusCode: response.statusCode ?? 0,
        headers: response.headers,
        body: text,
        broken,
      });
    };
    const giveUpAfter = (ms: number, missing: string) => {
      const giveUp = () => {
        settle(new Error(`no ${missing} within ${ms} ms`));
        sent.destroy();
      };
      timers.push(setTimeout(giveUp, ms));
      return timers.at(-1);
    };
    giveUpAfter(totalMs, "answer");
    if (connectMs !== undefined) {
      const timer = giveUpAfter(connectMs, "connection");
      sent.on("socket", (socket) => {
        if (socket.connecting) socket.once("connect", () => clearTimeout(timer));
        else clearTimeout(timer);
      });
    }
    sent.on("response", (begun) => {
      response = begun;
      begun.setEncoding("utf8");
      begun.on("data", (chunk: string) => {
        text = (text + chunk).slice(0, answerLengthMax);
        if (text.length < answerLengthMax) return;
        settle();
        begun.destroy();
      });
      begun.on("end", () => settle());
      begun.on("error", settle);
    });
    sent.on("error", settle);
    sent.on("close", () => {
      // An answer that has begun tells of its end by itself, and this comes before it breaks off.
      if (response === undefined) settle(new Error("the connection was closed without an answer"));
    });
    sent.end(body);
  });
}
