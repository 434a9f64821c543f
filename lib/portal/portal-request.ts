import type { Agent } from "node:http";
import { sendOnce } from "../outgoing/send-once.ts";

export interface PortalRequest {
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Keeps connections for the next calls; without it each call has one of its own. */
  readonly agent?: Agent;
}

export interface PortalAnswer {
  readonly statusCode: number;
  readonly body: string;
}

/** As the service before this one: 5 s to connect, 10 s in total. */
export const portalTimeouts = { connectMs: 5_000, totalMs: 10_000 };

/**
 * One call of the portal. A kept connection would not survive that the function is frozen, so an agent
 * lives no longer than a run. Redirects are not followed, so that the key goes nowhere else. Rejects with
 * the reason where no whole answer came: half a number is another number.
 */
export async function requestPortal(
  url: URL,
  { agent, ...request }: PortalRequest,
  timeouts = portalTimeouts,
): Promise<PortalAnswer> {
  const answer = await sendOnce(url, { ...request, agent: agent ?? false }, timeouts);
  if (answer.broken !== undefined) throw answer.broken;
  return answer;
}
