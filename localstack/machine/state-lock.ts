import { statSync, writeFileSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { errorCode, StartFailure } from "./start-failure.ts";

/**
 * Two stacks on one state folder would run two databases on the same files, so a stack holds this lock.
 * Keep a reference to it: a lock that is garbage-collected is released.
 */
export interface StateLock extends AsyncDisposable {
  readonly path: string;
}

const lockName = "lock";
const holderName = "pid";
const busyCode = 5;
const triesMax = 20;
const askEveryMs = 25;

/** Takes the lock, or throws a `StartFailure` that names its holder. Dispose of it after everything else. */
export async function lockState(stateFolder: string): Promise<StateLock> {
  const path = join(stateFolder, lockName);
  const holder = join(stateFolder, holderName);
  const held = takeLock(path);
  if (!held) {
    throw new StartFailure(
      `A stack is already running on ${stateFolder} (${await describeHolder(holder)}): end it first, or set LOCAL_DIR and PORT to run another one.`,
    );
  }
  writeFileSync(holder, `${process.pid}\n`, { mode: 0o600 });
  return {
    path,
    [Symbol.asyncDispose]: async () => {
      await rm(holder, { force: true });
      // Removed while the lock is held, so that it cannot be another holder's file. Where the system refuses
      // to remove an open file, it stays and does no harm.
      await rm(path, { force: true }).catch(() => {});
      held.close();
    },
  };
}

/**
 * SQLite locks the file through the operating system. Such a lock is taken in one step and ends with its
 * process, so a killed stack leaves none behind. Returns undefined if another process has it.
 */
function takeLock(path: string): DatabaseSync | undefined {
  for (let tries = 1; tries <= triesMax; tries++) {
    const before = makeFile(path);
    const database = new DatabaseSync(path, { timeout: 0 });
    try {
      // Nothing is written; a journal file would only be left behind by a killed process.
      database.exec("pragma journal_mode = memory; begin immediate");
    } catch (error) {
      database.close();
      if ((error as { errcode?: number }).errcode === busyCode) return;
      throw notTaken(path, error);
    }
    // If a holder that has just ended has removed this file, locking it keeps nobody out: try again.
    if (before !== undefined && before === inodeOf(path)) return database;
    database.close();
  }
  throw notTaken(path, new Error(`removed ${triesMax} times`));
}

function makeFile(path: string): bigint | undefined {
  try {
    writeFileSync(path, "", { flag: "wx", mode: 0o600 });
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw notTaken(path, error);
  }
  return inodeOf(path);
}

const inodeOf = (path: string): bigint | undefined =>
  statSync(path, { bigint: true, throwIfNoEntry: false })?.ino;

const notTaken = (path: string, cause: unknown) =>
  new StartFailure(
    `The lock ${path} cannot be taken (${errorCode(cause)}): set LOCAL_DIR to a directory that can be written.`,
    { cause },
  );

/** Names the holder of the lock, which writes its process id just after it has taken the lock. */
async function describeHolder(file: string): Promise<string> {
  for (let tries = 1; tries <= triesMax; tries++) {
    const pid = Number.parseInt(await readFile(file, "utf8").catch(() => ""), 10);
    if (pid > 0 && isRunning(pid)) return `process ${pid}`;
    await sleep(askEveryMs);
  }
  return "a process of another container or machine";
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
}
