import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import * as z from "zod/mini";
import {
  named,
  parseBy,
  parseJson,
  type ReadVariable,
  readAll,
  text,
  throwFaults,
} from "../../config.ts";

export const scopes = ["ingest", "read", "admin"] as const;
export type Scope = (typeof scopes)[number];

/** A key that is accepted; the key itself is known to its owner only. */
export interface ApiKey {
  /** Names the key in logs. */
  readonly id: string;
  readonly scope: Scope;
  readonly sha256: Buffer;
  /** The only site it may report for, or read projects of; undefined: any. */
  readonly site?: string;
  /** The only projects that it may read; undefined: any. */
  readonly projects?: readonly string[];
}

/** The keys that are accepted, obtained while the function runs. */
export interface KeySource {
  /** The scopes that need no key. */
  readonly anonymousScopes: ReadonlySet<"ingest" | "read">;
  /**
   * `again` asks for keys that were configured since the last time; a source that cannot be read again
   * answers the same list.
   */
  apiKeys(options?: { readonly again?: boolean }): Promise<readonly ApiKey[]>;
}

const textOf = (lengthMax: number) => {
  const error = `must be 1 to ${lengthMax} characters`;
  return z.string({ error }).check(z.minLength(1, { error }), z.maxLength(lengthMax, { error }));
};
const sha256 = { error: "must be 64 hexadecimal digits" };
const anEntry = '{"id","scope","sha256","site"?,"projects"?}';

// zod/mini says "Invalid input" wherever nothing else is said.
const ApiKeyList = z.array(
  z.strictObject(
    {
      id: textOf(64),
      scope: z.enum(scopes, { error: "must be ingest, read or admin" }),
      sha256: z.string(sha256).check(z.regex(/^[0-9a-f]{64}$/i, sha256)),
      site: z.optional(textOf(256)),
      projects: z.optional(
        z
          .array(textOf(256), { error: "must be an array of names" })
          .check(z.minLength(1, { error: "must name a project" })),
      ),
    },
    { error: `must be ${anEntry} and nothing else` },
  ),
  { error: `must be a JSON array of ${anEntry}` },
);

/** Reads `API_KEYS`, a JSON array of such entries; throws every fault at once. */
export function parseApiKeys(json: string): readonly ApiKey[] {
  const entries = parseBy(ApiKeyList, parseJson(json));
  throwFaults(entries.flatMap(bindingFault));
  const ids = new Set(entries.map(({ id }) => id));
  if (ids.size < entries.length) throw new Error("two keys have the same id");
  return entries.map(({ sha256, site, projects, ...key }) => ({
    ...key,
    sha256: Buffer.from(sha256, "hex"),
    ...(site === undefined ? {} : { site }),
    ...(projects === undefined ? {} : { projects }),
  }));
}

/** A binding that nothing would heed must not look as if it bound. */
function bindingFault({ scope, site, projects }: ApiKeyEntry, index: number): Error[] {
  if (projects !== undefined && scope !== "read") {
    return [new Error(`[${index}].projects binds keys of scope read only`)];
  }
  if (site !== undefined && scope === "admin") {
    return [new Error(`[${index}].site cannot bind a key of scope admin`)];
  }
  return [];
}

/** `API_KEYS` and `ANONYMOUS_SCOPES`; throws every fault at once. */
export function readKeySource(read: ReadVariable): KeySource {
  const { apiKeys, anonymousScopes } = readAll(
    {
      apiKeys: () => named("API_KEYS", () => parseApiKeys(text(read, "API_KEYS") ?? "[]")),
      anonymousScopes: readAnonymousScopes,
    },
    read,
  );
  return { anonymousScopes, apiKeys: async () => apiKeys };
}

/** Empty, `read`, `ingest` or both. */
function readAnonymousScopes(read: ReadVariable): KeySource["anonymousScopes"] {
  const scopes = (text(read, "ANONYMOUS_SCOPES") ?? "").split(/[\s,;]+/).filter(Boolean);
  return new Set(
    scopes.map((scope) => {
      if (scope === "ingest" || scope === "read") return scope;
      throw new Error(`ANONYMOUS_SCOPES may hold read and ingest, not ${JSON.stringify(scope)}`);
    }),
  );
}

/** An entry of `API_KEYS`, which holds no key but its hash. */
export interface ApiKeyEntry {
  readonly id: string;
  readonly scope: Scope;
  readonly sha256: string;
  readonly site?: string | undefined;
  readonly projects?: readonly string[] | undefined;
}

/** 24 bytes cannot be guessed, and a key of 32 letters still fits on the line of a command. */
export const makeApiKey = (): string => randomBytes(24).toString("base64url");

export const apiKeyEntry = (key: string, holder: Omit<ApiKeyEntry, "sha256">): ApiKeyEntry => ({
  ...holder,
  sha256: createHash("sha256").update(key).digest("hex"),
});

/** The configured key that this is; every one is compared, each in constant time. */
export function findApiKey(keys: readonly ApiKey[], presented: string): ApiKey | undefined {
  const digest = createHash("sha256").update(presented).digest();
  return keys.filter((key) => timingSafeEqual(key.sha256, digest))[0];
}

/** Whether a key of this scope may do what needs that scope: admin may do everything. */
export const includesScope = (scope: Scope, needed: Scope): boolean =>
  scope === needed || scope === "admin";
