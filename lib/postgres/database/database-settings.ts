import { type ReadVariable, readAll, text, wholeNumber } from "../../config.ts";

/** How to reach the database; `connectionString` excludes the rest. */
export interface DatabaseSettings {
  readonly connectionString?: string;
  readonly host?: string;
  readonly port?: number;
  readonly database?: string;
  readonly user?: string;
  readonly password?: string;
}

/**
 * Answers how to reach the database now. `again` asks for settings that were configured since the last
 * time; the same object as before says that there are none.
 */
export type DatabaseSource = (options?: { readonly again?: boolean }) => Promise<DatabaseSettings>;

/** A database whose address never changes. */
export const databaseAt =
  (settings: DatabaseSettings): DatabaseSource =>
  async () =>
    settings;

/** `DATABASE_URL`, else the `POSTGRES_*` variables of the old service; throws every fault at once. */
export const readDatabase = (read: ReadVariable): DatabaseSource =>
  databaseAt(readDatabaseSettings(read));

/** The same, for a reader that needs the address before it connects. */
export function readDatabaseSettings(read: ReadVariable): DatabaseSettings {
  const connectionString = text(read, "DATABASE_URL");
  if (connectionString === undefined) return readVariables(read);
  if (isDatabaseUrl(connectionString)) return { connectionString };
  throw new Error("DATABASE_URL must be a URL such as postgres://user:password@host:5432/name");
}

function readVariables(read: ReadVariable): DatabaseSettings {
  const host = text(read, "POSTGRES_HOST");
  if (host === undefined) throw new Error("DATABASE_URL is not set, nor POSTGRES_HOST");
  const besideHost = (name: string) => () => {
    const value = text(read, name);
    if (value === undefined) throw new Error(`${name} is not set, but POSTGRES_HOST is`);
    return value;
  };
  const variables = {
    port: () => wholeNumber(read, "POSTGRES_PORT", { preset: 5432, min: 1, max: 65_535 }),
    database: besideHost("POSTGRES_DB"),
    user: besideHost("POSTGRES_USER"),
    password: besideHost("POSTGRES_PASSWORD"),
  };
  return { host, ...readAll(variables, read) };
}

function isDatabaseUrl(text: string): boolean {
  try {
    const { protocol, pathname, username, password } = new URL(text);
    for (const part of [pathname, username, password]) decodeURIComponent(part);
    return protocol === "postgres:" || protocol === "postgresql:";
  } catch {
    return false;
  }
}
