import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { type ApiKey, findApiKey, includesScope, type KeySource, type Scope } from "./api-keys.ts";
import { type Caller, type HttpMiddleware, nobody } from "./http-context.ts";
import { type Problem, problem } from "./problem.ts";
import { linkInvalid, readLink } from "./project-links.ts";
import { keyOfSession } from "./sessions.ts";
import type { SigningKey } from "./signed-token.ts";

/**
 * Refuses a request whose key does not permit what needs this scope, and notes who the caller is. Where
 * links are taken, a genuine one in the query replaces the key, what it opens is not checked here; where
 * sessions are, so does that of a browser.
 */
export const authentication = (
  needed: Scope,
  keys: KeySource,
  linkKeys?: readonly SigningKey[],
  sessionKeys = linkKeys,
): HttpMiddleware => ({
  before: async ({ event, context }) => {
    const presented = presentedKey(event.headers, needed);
    const token = event.queryStringParameters?.["link"];
    if (presented === undefined && token !== undefined && linkKeys !== undefined) {
      context.caller = linkHolder(token, linkKeys);
      return;
    }
    const session =
      presented === undefined && sessionKeys !== undefined
        ? keyOfSession(event, sessionKeys, await keys.apiKeys(), Date.now())
        : undefined;
    const holder = session ? holderOf(session) : await authenticate(presented, needed, keys);
    const { scope, ...caller } = holder;
    context.caller = caller;
    authorize(caller.keyId, scope, needed);
  },
});

function linkHolder(token: string, linkKeys: readonly SigningKey[]): Caller {
  const link = readLink(linkKeys, token);
  if (link === undefined) throw linkInvalid();
  return { ...nobody, keyId: `link of ${link.keyId}`, link };
}

interface KeyHolder extends Caller {
  readonly scope: Scope;
}

/** The holder of the key that the request carries. Throws a 401 problem where it carries no known one. */
async function authenticate(
  presented: string | undefined,
  needed: Scope,
  keys: KeySource,
): Promise<KeyHolder> {
  if (presented === undefined) {
    const anonymousScopes: ReadonlySet<Scope> = keys.anonymousScopes;
    if (anonymousScopes.has(needed)) return { ...nobody, keyId: "anonymous", scope: needed };
    throw unauthorized("key-missing", "Send a key in X-API-KEY or as Authorization: Bearer.");
  }
  const key =
    findApiKey(await keys.apiKeys(), presented) ??
    // It may have been configured since the keys were read.
    findApiKey(await keys.apiKeys({ again: true }), presented);
  if (key === undefined) throw unauthorized("key-unknown", "This key is not known here.");
  return holderOf(key);
}

const holderOf = ({ id, site, projects, scope }: ApiKey): KeyHolder => ({
  keyId: id,
  site,
  projects,
  link: undefined,
  scope,
});

/** Throws a 403 problem where the scope of the caller's key does not permit what needs that scope. */
function authorize(keyId: string, scope: Scope, needed: Scope): void {
  if (includesScope(scope, needed)) return;
  const detail = `This needs a key of scope ${needed}; the scope of ${keyId} is ${scope}.`;
  throw problem("scope-insufficient", "X-API-KEY", detail);
}

function presentedKey(
  headers: APIGatewayProxyEventV2["headers"],
  needed: Scope,
): string | undefined {
  const apiKey = headers["x-api-key"];
  if (apiKey) return apiKey;
  const [, scheme, credentials] = /^(\S+) +(\S+)$/.exec(headers["authorization"] ?? "") ?? [];
  if (credentials === undefined) return undefined;
  if (scheme?.toLowerCase() === "bearer") return credentials;
  // Prometheus 2.42, which Debian has, cannot send a header of our choice with remote write, only this.
  if (scheme?.toLowerCase() === "basic" && needed === "ingest") {
    return Buffer.from(credentials, "base64").toString().split(":").slice(1).join(":") || undefined;
  }
  return undefined;
}

const unauthorized = (code: "key-missing" | "key-unknown", detail: string): Problem =>
  problem(code, "X-API-KEY", detail, {
    headers: { "www-authenticate": 'Bearer realm="openstack-credits"' },
  });
