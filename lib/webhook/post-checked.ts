import type { BlockList } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { sendOnce } from "../outgoing/send-once.ts";
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

/**
 * Posts on a connection of its own and follows no redirect. The answer is read only so that the receiver
 * is not cut short, and may break off: its status says all. Rejects where there is no status.
 */
export async function postChecked(post: CheckedPost): Promise<PostAnswer> {
  const { url, headers, body, allowed, timeoutMs } = post;
  const literal = literalAddress(url);
  if (literal !== undefined) checkAddresses(url, [literal], allowed);
  const options = {
    ...post.tls,
    method: "POST",
    headers,
    body,
    // Neither a kept connection to an address of yesterday nor a proxy, which would resolve by itself.
    agent: false,
    lookup: checkedLookup(url, allowed, post.resolve),
    // Node's 250 ms for each of several addresses is little for another continent.
    autoSelectFamilyAttemptTimeout: 1_000,
  };
  const answer = await sendOnce(url, options, { totalMs: timeoutMs });
  return { statusCode: answer.statusCode, retryAfter: answer.headers["retry-after"] };
}
