import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { findApiKey, includesScope, type KeySource, type Scope } from "./api-keys.ts";
import { Problem } from "./problem.ts";

/** Who calls; `site` is the only one it may report for. */
export interface Caller {
  readonly keyId: string;
  readonly site: string | undefined;
}

export interface KeyHolder extends Caller {
  readonly scope: Scope;
}

/** Whose key the request carries. Throws a 401 problem where it carries none that is known. */
export async function authenticate(
  headers: APIGatewayProxyEventV2["headers"],
  needed: Scope,
  keys: KeySource,
): Promise<KeyHolder> {
  const presented = presentedKey(headers, needed);
  if (presented === undefined) {
    const anonymousScopes: ReadonlySet<Scope> = keys.anonymousScopes;
    if (anonymousScopes.has(needed)) {
      return { keyId: "anonymous", site: undefined, scope: needed };
    }
    throw unauthorized("key-missing", "Send a key in X-API-KEY or as Authorization: Bearer.");
  }
  const key =
    findApiKey(await keys.apiKeys(), presented) ??
    findApiKey(await keys.apiKeys({ again: true }), presented);
  if (key === undefined) throw unauthorized("key-unknown", "This key is not known here.");
  return { keyId: key.id, site: key.site, scope: key.scope };
}

/** Throws a 403 problem where the scope of the caller's key does not permit what needs that scope. */
export function authorize({ keyId, scope }: KeyHolder, needed: Scope): void {
  if (includesScope(scope, needed)) return;
  const detail = `This needs a key of scope ${needed}; the scope of ${keyId} is ${scope}.`;
  throw new Problem(403, "scope-insufficient", detail, {
    extra: { errors: [{ at: "X-API-KEY", code: "scope-insufficient", detail }] },
  });
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
