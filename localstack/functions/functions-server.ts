import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, closeSync, openSync, renameSync, statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { StartFailure } from "../machine/start-failure.ts";
import { privateFileMode } from "../machine/state-folder.ts";

export interface FunctionsSettings {
  readonly port: number;
  readonly stage: string;
  readonly logFile: string;
  /** The environment of the process, from which serverless.yml takes the variables of each function. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The HTTP API and the invocation API, in a process of their own. */
export interface FunctionsServer extends AsyncDisposable {
  /** Resolves when a function has answered over HTTP. */
  readonly ready: Promise<void>;
  /** Resolves when the process has ended, whether stopped or not. */
  readonly ended: Promise<void>;
  /** Names the database that the functions' process stops if the stack is killed. */
  setDatabaseToStop(databasePid: number | undefined): void;
}

const root = new URL("../../", import.meta.url);
const readySecondsMax = 60;
const stopMsMax = 8_000;
const logBytesMax = 20_000_000;
// AWS also keeps an idle function for minutes. After the default of one, the next request waits for a start.
const idleSeconds = 900;

export function startFunctions(settings: FunctionsSettings): FunctionsServer {
  const child = spawnServer(settings);
  const ended = once(child, "exit").then(() => {});
  const ready = untilReady(child, settings);
  // If the stack is stopped while it starts, nobody waits for this any more.
  ready.catch(() => {});
  return {
    ready,
    ended,
    setDatabaseToStop: (databasePid) => child.send({ databasePid }),
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGTERM");
      await Promise.race([ended, sleep(stopMsMax, undefined, { ref: false })]);
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/**
 * Opens the log and, if it has grown large, starts a new one: each request adds lines, and a stack that is
 * used every day must not fill the disk. Logs of earlier versions, which everybody could read, become private.
 */
function openLog(file: string): number {
  const older = `${file}.1`;
  const bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (bytes > logBytesMax) renameSync(file, older);
  for (const path of [file, older]) {
    if (statSync(path, { throwIfNoEntry: false })) chmodSync(path, privateFileMode);
  }
  return openSync(file, "a", privateFileMode);
}

function spawnServer({ port, stage, logFile, environment }: FunctionsSettings): ChildProcess {
  const log = openLog(logFile);
  const preload = new URL("functions-preload.ts", import.meta.url).href;
  const serverless = fileURLToPath(new URL("node_modules/serverless/bin/serverless.js", root));
  const options = ["--host", "127.0.0.1", "--httpPort", String(port), "--stage", stage];
  const idle = ["--terminateIdleLambdaTime", String(idleSeconds)];
  // AWS passes every cookie on, and the functions ignore them; without this, an odd one from a proxy is a 400.
  const asAws = ["--disableCookieValidation", "--noSponsor"];
  try {
    return spawn(
      process.execPath,
      ["--import", preload, serverless, "offline", "start", ...asAws, ...options, ...idle],
      {
        cwd: root,
        env: environment,
        // Out of reach of Ctrl-C, which would end it while pollers still wait for its answers.
        detached: true,
        stdio: ["ignore", log, log, "ipc"],
      },
    );
  } finally {
    closeSync(log);
  }
}

async function untilReady(
  child: ChildProcess,
  { port, logFile }: FunctionsSettings,
): Promise<void> {
  const url = `http://127.0.0.1:${port}/ping`;
  const until = performance.now() + readySecondsMax * 1000;
  while (performance.now() < until) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(50);
  }
  throw new StartFailure(`The functions did not start: the end of ${logFile} says why.`);
}
