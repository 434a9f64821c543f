import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { type ApiKey, findApiKey, includesScope, type Scope } from "./api-keys.ts";
import { Problem } from "./problem.ts";

export interface KeyPolicy {
  readonly apiKeys: readonly ApiKey[];
  /** Scopes that need no key. */
  readonly anonymousScopes: ReadonlySet<string>;
}

/** Who calls; `site` is the only one it may report for. */
export interface Caller {
  readonly keyId: string;
  readonly site: string | undefined;
}

const anonymous: Caller = { keyId: "anonymous", site: undefined };

/** Throws a 401 or 403 problem where the request's key does not permit the scope. */
export function authenticate(
  headers: APIGatewayProxyEventV2["headers"],
  needed: Scope,
  { apiKeys, anonymousScopes }: KeyPolicy,
): Caller {
  const presented = presentedKey(headers, needed);
  if (presented === undefined) {
    if (anonymousScopes.has(needed)) return anonymous;
    throw unauthorized("key-missing", "Send a key in X-API-KEY or as Authorization: Bearer.");
  }
  const key = findApiKey(apiKeys, presented);
  if (key === undefined) throw unauthorized("key-unknown", "This key is not known here.");
  if (!includesScope(key.scope, needed)) {
    const detail = `This needs a key of scope ${needed}; the scope of ${key.id} is ${key.scope}.`;
    throw new Problem(403, "scope-insufficient", detail, {
      extra: { errors: [{ at: "X-API-KEY", code: "scope-insufficient", detail }] },
    });
  }
  return { keyId: key.id, site: key.site };
}

function presentedKey(
  headers: APIGatewayProxyEventV2["headers"],
  needed: Scope,
): string | undefined {
  const own = headers["x-api-key"];
  if (own) return own;
  const [, scheme, credentials] = /^(\S+) +(\S+)$/.exec(headers["authorization"] ?? "") ?? [];
  if (credentials === undefined) return undefined;
  if (scheme?.toLowerCase() === "bearer") return credentials;
  // Debian's Prometheus 2.42 sends no headers of one's own with remote write, but it can do this.
  if (scheme?.toLowerCase() === "basic" && needed === "ingest") {
    return Buffer.from(credentials, "base64").toString().split(":").slice(1).join(":") || undefined;
  }
  return undefined;
}

const unauthorized = (code: "key-missing" | "key-unknown", detail: string) =>
  new Problem(401, code, detail, {
    headers: { "www-authenticate": 'Bearer realm="openstack-credits"' },
    extra: { errors: [{ at: "X-API-KEY", code, detail }] },
  });
