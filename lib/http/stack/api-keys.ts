import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import * as z from "zod/mini";

export const scopes = ["ingest", "read", "admin"] as const;
export type Scope = (typeof scopes)[number];

/** A key that is accepted; the key itself is known to its owner only. */
export interface ApiKey {
  /** Names the key in logs. */
  readonly id: string;
  readonly scope: Scope;
  readonly sha256: Buffer;
  /** The only site it may report for; undefined: any. */
  readonly site?: string;
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

/** Keys that stay what they are for as long as the function runs. */
export const keySource = (config: {
  readonly apiKeys: readonly ApiKey[];
  readonly anonymousScopes: ReadonlySet<"ingest" | "read">;
}): KeySource => ({
  anonymousScopes: config.anonymousScopes,
  apiKeys: async () => config.apiKeys,
});

const textOf = (lengthMax: number) => {
  const error = `must be 1 to ${lengthMax} characters`;
  return z.string({ error }).check(z.minLength(1, { error }), z.maxLength(lengthMax, { error }));
};
const sha256 = { error: "must be 64 hexadecimal digits" };
const anEntry = '{"id","scope","sha256","site"?}';

// zod/mini says "Invalid input" wherever nothing else is said.
const ApiKeyList = z.array(
  z.strictObject(
    {
      id: textOf(64),
      scope: z.enum(scopes, { error: "must be ingest, read or admin" }),
      sha256: z.string(sha256).check(z.regex(/^[0-9a-f]{64}$/i, sha256)),
      site: z.optional(textOf(256)),
    },
    { error: `must be ${anEntry} and nothing else` },
  ),
  { error: `must be an array of ${anEntry}` },
);

/** Reads `API_KEYS`, a JSON array of `{"id","scope","sha256","site"?}`; throws every fault at once. */
export function parseApiKeys(json: string): readonly ApiKey[] {
  const parsed = ApiKeyList.safeParse(parseJson(json));
  if (!parsed.success) {
    throw new AggregateError(
      parsed.error.issues.map(({ path, message }) => new Error(`${describe(path)} ${message}`)),
    );
  }
  const ids = new Set(parsed.data.map(({ id }) => id));
  if (ids.size < parsed.data.length) throw new Error("two keys have the same id");
  return parsed.data.map(({ sha256, site, ...key }) => ({
    ...key,
    sha256: Buffer.from(sha256, "hex"),
    ...(site === undefined ? {} : { site }),
  }));
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new Error(`is not JSON; an array of ${anEntry} is expected`, { cause });
  }
}

const describe = (path: readonly PropertyKey[]) =>
  path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("") ||
  "it";

/** An entry of `API_KEYS`, which holds no key but its hash. */
export interface ApiKeyEntry {
  readonly id: string;
  readonly scope: Scope;
  readonly sha256: string;
  readonly site?: string;
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
