import { chown, stat } from "node:fs/promises";
import { BinaryFailed, runBinary } from "../machine/run-binary.ts";
import { StartFailure } from "../machine/start-failure.ts";

/** The owner of PostgreSQL's processes and files; empty where that is the user who runs the stack. */
export interface PostgresUser {
  readonly uid?: number;
  readonly gid?: number;
}

/** PostgreSQL refuses to run as root, the usual user in a container: there it runs as the user postgres. */
export async function postgresUser(): Promise<PostgresUser> {
  if (process.getuid?.() !== 0) return {};
  const known = await userIds();
  if (known) return known;
  const args = ["--system", "--user-group", "--no-create-home", "postgres"];
  const failure = await runBinary("useradd", args).then(
    () => undefined,
    (error: unknown) => error,
  );
  // If useradd has failed, another stack may have made the user at the same time.
  const made = await userIds();
  if (made) return made;
  throw new StartFailure(
    "PostgreSQL does not run as root and the user postgres could not be made: run npm start as another user, or set DATABASE_URL to use another database.",
    { cause: failure },
  );
}

async function userIds(): Promise<PostgresUser | undefined> {
  try {
    const [uid, gid] = await Promise.all([
      runBinary("id", ["-u", "postgres"]),
      runBinary("id", ["-g", "postgres"]),
    ]);
    return { uid: Number(uid), gid: Number(gid) };
  } catch {
    return undefined;
  }
}

export async function giveTo(user: PostgresUser, path: string): Promise<void> {
  if (user.uid !== undefined && user.gid !== undefined) await chown(path, user.uid, user.gid);
}

/** Gives a private folder to PostgreSQL's user, who could not enter it otherwise; root can enter any. */
export async function letEnter(user: PostgresUser, folder: string): Promise<void> {
  const { mode } = await stat(folder);
  if ((mode & 0o001) === 0) await giveTo(user, folder);
}

/**
 * The version that the program prints. Throws `StartFailure` where it does not run on this machine, or
 * where the user cannot reach it, for example below a private home directory.
 */
export async function postgresVersion(user: PostgresUser, program: string): Promise<string> {
  try {
    const output = await runBinary(program, ["--version"], { ...user, cwd: "/" });
    return output.trim().split(" ").at(-1) ?? "";
  } catch (cause) {
    if (!(cause instanceof BinaryFailed)) throw cause;
    const systemError = cause.cause as NodeJS.ErrnoException | undefined;
    const isClosed = user.uid !== undefined && systemError?.code === "EACCES";
    throw new StartFailure(
      isClosed
        ? `PostgreSQL does not run as root, and the user postgres cannot run ${program}: run npm start as another user, or move the program out of root's home.`
        : `PostgreSQL does not run on this machine (${cause.message}): run npm ci again, or set DATABASE_URL to use another database.`,
      { cause },
    );
  }
}
