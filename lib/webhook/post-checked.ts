import { request as requestPlain } from "node:http";
import { type RequestOptions, request as requestSecure } from "node:https";
import type { BlockList, TcpNetConnectOpts } from "node:net";
import type { ConnectionOptions } from "node:tls";
import {
  checkAddresses,
  checkedLookup,
  literalAddress,
  type ResolveAddresses,
} from "./checked-lookup.ts";

export interface CheckedPost {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Networks that are not public, and may be connected to nevertheless. */
  readonly allowed: BlockList;
  readonly resolve: ResolveAddresses;
  /** From the resolution of the name to the end of the answer. */
  readonly timeoutMs: number;
  readonly tls: ConnectionOptions;
}

export interface PostAnswer {
  readonly statusCode: number;
  readonly retryAfter: string | undefined;
}

/** More of an answer is not waited for. */
const answerBytesMax = 4_096;

/**
 * Posts on a connection of its own, follows no redirect and reads the answer only so that the receiver
 * is not cut short: its status says all. Rejects where there is no status.
 */
export async function postChecked(post: CheckedPost): Promise<PostAnswer> {
  const { url, headers, body, allowed, timeoutMs } = post;
  const literal = literalAddress(url);
  if (literal !== undefined) checkAddresses(url, [literal], allowed);
  const request = url.protocol === "https:" ? requestSecure : requestPlain;
  const options: RequestOptions & Pick<TcpNetConnectOpts, "autoSelectFamilyAttemptTimeout"> = {
    ...post.tls,
    method: "POST",
    headers,
    // Neither a kept connection to an address of yesterday nor a proxy, which would resolve by itself.
    agent: false,
    lookup: checkedLookup(url, allowed, post.resolve),
    // Node's 250 ms for each of several addresses is little for another continent.
    autoSelectFamilyAttemptTimeout: 1_000,
  };
  return new Promise((resolve, reject) => {
    let answer: PostAnswer | undefined;
    const settle = (error: Error) => (answer === undefined ? reject(error) : resolve(answer));
    const sent = request(url, options);
    const timer = setTimeout(
      () => sent.destroy(new Error(`no answer within ${timeoutMs} ms`)),
      timeoutMs,
    );
    sent.on("response", (response) => {
      answer = {
        statusCode: response.statusCode ?? 0,
        retryAfter: response.headers["retry-after"],
      };
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > answerBytesMax) sent.destroy();
      });
    });
    sent.on("error", settle);
    sent.on("close", () => {
      clearTimeout(timer);
      settle(new Error("the connection was closed without an answer"));
    });
    sent.end(body);
  });
}
