import { createHash } from "node:crypto";

export const keys = {
  ingest: "secret-of-ingest",
  read: "secret-of-read",
  admin: "secret-of-admin",
  site: "secret-of-site",
} as const;

const hashed = (id: keyof typeof keys) => createHash("sha256").update(keys[id]).digest("hex");

/** `API_KEYS` that know the keys above; `site` may report for site 8676 only. */
export const apiKeysJson = JSON.stringify([
  { id: "the-ingest-key", scope: "ingest", sha256: hashed("ingest") },
  { id: "the-read-key", scope: "read", sha256: hashed("read") },
  { id: "the-admin-key", scope: "admin", sha256: hashed("admin") },
  { id: "the-site-key", scope: "ingest", sha256: hashed("site"), site: "8676" },
]);
