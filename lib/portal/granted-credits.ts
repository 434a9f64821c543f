import { Agent } from "node:http";
import { Agent as SecureAgent } from "node:https";
import { readGrantedCredits } from "../formats/read-value.ts";
import { PullFailed } from "../usecases/grants/refresh-grants.ts";
import { formBody } from "./form-body.ts";
import { type PortalAnswer, portalTimeouts, requestPortal } from "./portal-request.ts";
import type { PortalEndpoint } from "./portal-settings.ts";

export interface GrantSource extends Disposable {
  /** The credits that the portal grants the project, a decimal as text. Throws `PullFailed`. */
  grantedCredits(projectName: string): Promise<string>;
}

/** Keeps its connections until it is disposed of, at the end of a run. */
export function openGrantSource(
  { url, apiKey }: PortalEndpoint,
  timeouts = portalTimeouts,
): GrantSource {
  const agent = new (url.protocol === "https:" ? SecureAgent : Agent)({ keepAlive: true });
  const headers = { "X-Api-Key": apiKey, Accept: "text/plain, application/json" };
  const ask = (projectName: string) => {
    const asked = new URL(`?${formBody([["project_name", projectName]])}`, url);
    return requestPortal(asked, { method: "GET", headers, agent }, timeouts);
  };
  return {
    async grantedCredits(projectName) {
      return readAnswer(await askTwice(() => ask(projectName)));
    },
    [Symbol.dispose]: () => agent.destroy(),
  };
}

/** A kept connection may be closed by the portal just when the next request leaves. */
async function askTwice(ask: () => Promise<PortalAnswer>): Promise<PortalAnswer> {
  try {
    return await ask().catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ECONNRESET") throw error;
      return ask();
    });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new PullFailed("portal", code ?? message, { cause });
  }
}

/** Answers that are not about the project: the key, too many requests, too slow, a proxy before the portal. */
const aboutPortal = new Set([401, 403, 408, 429, 502, 503, 504]);

// A number has at most 51 digits and a point; the rest is room for zeros and blanks.
const bodyLengthMax = 256;

/** Only a plain number counts, in any notation; anything else keeps the value that is known. */
export function readAnswer({ statusCode, body }: PortalAnswer): string {
  if (statusCode !== 200) {
    throw new PullFailed(aboutPortal.has(statusCode) ? "portal" : "project", `HTTP ${statusCode}`);
  }
  if (body.length > bodyLengthMax) throw new PullFailed("project", "the answer is too long");
  const credits = readGrantedCredits(body.trim());
  if (typeof credits === "string") return credits;
  throw new PullFailed("project", `the answer is no amount of credits (${credits.code})`);
}
