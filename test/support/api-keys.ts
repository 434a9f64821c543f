import { createHash } from "node:crypto";

export const keys = {
  ingest: "secret-of-ingest",
  read: "secret-of-read",
  admin: "secret-of-admin",
  site: "secret-of-site",
  /** Reads what was measured at site 8676. */
  readSite: "secret-of-a-site-to-read",
  /** Reads the project `bound`. */
  readProject: "secret-of-a-project",
} as const;

const hashed = (id: keyof typeof keys) => createHash("sha256").update(keys[id]).digest("hex");

/** `API_KEYS` that know the keys above; `site` may report for site 8676 only. */
export const apiKeysJson = JSON.stringify([
  { id: "the-ingest-key", scope: "ingest", sha256: hashed("ingest") },
  { id: "the-read-key", scope: "read", sha256: hashed("read") },
  { id: "the-admin-key", scope: "admin", sha256: hashed("admin") },
  { id: "the-site-key", scope: "ingest", sha256: hashed("site"), site: "8676" },
  { id: "the-key-of-a-site", scope: "read", sha256: hashed("readSite"), site: "8676" },
  { id: "the-key-of-a-project", scope: "read", sha256: hashed("readProject"), projects: ["bound"] },
]);

/** `LINK_KEYS` with one to sign, and an earlier one. */
export const linkKeys = [
  { id: "2026b", secret: "a secret that is long enough to sign" },
  { id: "2026a", secret: "the secret before, which still verifies" },
];
export const linkKeysJson = JSON.stringify(linkKeys);
