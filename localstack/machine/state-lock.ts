import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { errorCode, StartFailure } from "./start-failure.ts";

/** Two stacks on one directory would run two databases on the same files. */
export interface StateLock extends AsyncDisposable {
  readonly path: string;
}

/** The process that runs a stack on the directory; undefined where none does. */
export async function runningStack(localDir: string): Promise<number | undefined> {
  const text = await readFile(join(localDir, "lock"), "utf8").catch(() => "");
  const pid = Number.parseInt(text, 10);
  return pid > 0 && pid !== process.pid && (await isStack(pid)) ? pid : undefined;
}

/**
 * A killed stack leaves its lock behind, and the system may have given its process id to another
 * program since; where the system tells the command line, that decides.
 */
async function isStack(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (errorCode(error) === "ESRCH") return false;
  }
  const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => undefined);
  return command === undefined || command.includes("localstack/");
}

/** Takes the lock or throws `StartFailure`. Dispose of it last. */
export async function lockState(localDir: string): Promise<StateLock> {
  await mkdir(localDir, { recursive: true }).catch((cause) => {
    throw new StartFailure(
      `The directory ${localDir} cannot be made (${errorCode(cause)}): set LOCAL_DIR to one that can be written.`,
      { cause },
    );
  });
  const path = join(localDir, "lock");
  const pid = await runningStack(localDir);
  if (pid !== undefined) {
    throw new StartFailure(
      `A stack is already running on ${localDir} (process ${pid}): end it first, or set LOCAL_DIR and PORT to run another one.`,
    );
  }
  await rm(path, { force: true });
  await writeFile(path, `${process.pid}\n`, { flag: "wx" }).catch((cause) => {
    throw new StartFailure(
      `The lock ${path} cannot be taken (${errorCode(cause)}): another stack is starting there, or the directory cannot be written.`,
      { cause },
    );
  });
  return { path, [Symbol.asyncDispose]: () => rm(path, { force: true }) };
}
