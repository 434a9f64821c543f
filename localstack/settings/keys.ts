import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { apiKeyEntry, makeApiKey } from "../../lib/http/stack/api-keys.ts";
import { errorCode, StartFailure } from "../machine/start-failure.ts";

const keysSchema = z.strictObject({
  ingest: z.string(),
  read: z.string(),
  admin: z.string(),
  // Keys of an earlier version have none for a site, or none that signs links.
  site: z.string().optional(),
  link: z.string().optional(),
});

/** The site that the key `site` is bound to, as each exporter's key should be. */
export const localSite = "bielefeld";

export type LocalKeys = Readonly<Record<keyof z.infer<typeof keysSchema>, string>>;

/** The keys with which the stack runs. */
export interface StackKeys {
  /** JSON, in the form of `API_KEYS`. */
  readonly apiKeys: string;
  /** JSON, in the form of `LINK_KEYS`. */
  readonly linkKeys: string;
  /** Undefined where `API_KEYS` was given: only the hashes are known. */
  readonly shown: LocalKeys | undefined;
  /** The demo site posts and reads with these. */
  readonly demo: Pick<LocalKeys, "ingest" | "read">;
}

/** The keys of `API_KEYS`, and two more while the demo runs; without `API_KEYS` those of the state folder. */
export async function stackKeys(
  localDir: string,
  apiKeys: string | undefined,
  withDemo: boolean,
): Promise<StackKeys> {
  if (apiKeys === undefined) {
    const keys = await localKeys(localDir);
    const entries = [
      apiKeyEntry(keys.ingest, { id: "local-ingest", scope: "ingest" }),
      apiKeyEntry(keys.site, { id: `local-${localSite}`, scope: "ingest", site: localSite }),
      apiKeyEntry(keys.read, { id: "local-read", scope: "read" }),
      apiKeyEntry(keys.admin, { id: "local-admin", scope: "admin" }),
    ];
    return {
      apiKeys: JSON.stringify(entries),
      linkKeys: linkKeysOf(keys.link),
      shown: keys,
      demo: keys,
    };
  }
  const demo = { ingest: makeApiKey(), read: makeApiKey() };
  const entries = [
    apiKeyEntry(demo.ingest, { id: "demo-ingest", scope: "ingest" }),
    apiKeyEntry(demo.read, { id: "demo-read", scope: "read" }),
  ];
  const all = [...JSON.parse(apiKeys), ...(withDemo ? entries : [])];
  return {
    apiKeys: JSON.stringify(all),
    linkKeys: linkKeysOf(makeApiKey()),
    shown: undefined,
    demo,
  };
}

const linkKeysOf = (secret: string): string => JSON.stringify([{ id: "local", secret }]);

/** The keys of the state folder, made at the first start. */
async function localKeys(localDir: string): Promise<LocalKeys> {
  const path = join(localDir, "keys.json");
  const known = await readKeys(path);
  const keys = {
    ingest: known?.ingest ?? makeApiKey(),
    site: known?.site ?? makeApiKey(),
    read: known?.read ?? makeApiKey(),
    admin: known?.admin ?? makeApiKey(),
    link: known?.link ?? makeApiKey(),
  };
  if (known?.site !== undefined && known.link !== undefined) return keys;
  const content = `${JSON.stringify(keys, null, 2)}\n`;
  await writeFile(path, content, { flag: known === undefined ? "wx" : "w", mode: 0o600 });
  return keys;
}

async function readKeys(path: string): Promise<z.infer<typeof keysSchema> | undefined> {
  try {
    return keysSchema.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw new StartFailure(`${path} cannot be read as keys: remove it, and new keys are made.`, {
      cause: error,
    });
  }
}
