import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { findApiKey, includesScope, type KeySource, type Scope } from "./api-keys.ts";
import type { Caller, HttpMiddleware } from "./http-context.ts";
import { type Problem, problem } from "./problem.ts";

/** Refuses a request whose key does not permit what needs this scope, and notes who the caller is. */
export const authentication = (needed: Scope, keys: KeySource): HttpMiddleware => ({
  before: async ({ event, context }) => {
    const holder = await authenticate(event.headers, needed, keys);
    context.caller = { keyId: holder.keyId, site: holder.site };
    authorize(holder, needed);
  },
});

interface KeyHolder extends Caller {
  readonly scope: Scope;
}

/** The holder of the key that the request carries. Throws a 401 problem where it carries no known one. */
async function authenticate(
  headers: APIGatewayProxyEventV2["headers"],
  needed: Scope,
  keys: KeySource,
): Promise<KeyHolder> {
  const presented = presentedKey(headers, needed);
  if (presented === undefined) {
    const anonymousScopes: ReadonlySet<Scope> = keys.anonymousScopes;
    if (anonymousScopes.has(needed)) return { keyId: "anonymous", site: undefined, scope: needed };
    throw unauthorized("key-missing", "Send a key in X-API-KEY or as Authorization: Bearer.");
  }
  const key =
    findApiKey(await keys.apiKeys(), presented) ??
    // It may have been configured since the keys were read.
    findApiKey(await keys.apiKeys({ again: true }), presented);
  if (key === undefined) throw unauthorized("key-unknown", "This key is not known here.");
  return { keyId: key.id, site: key.site, scope: key.scope };
}

/** Throws a 403 problem where the scope of the caller's key does not permit what needs that scope. */
function authorize({ keyId, scope }: KeyHolder, needed: Scope): void {
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
