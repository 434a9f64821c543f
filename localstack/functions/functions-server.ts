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
  /** The whole environment of the process; the functions get what serverless.yml takes from it. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The HTTP and the invocation API, in a process of their own. */
export interface FunctionsServer extends AsyncDisposable {
  /** Resolves when a function has answered over HTTP. */
  readonly ready: Promise<void>;
  /** Resolves when the process has ended, wanted or not. */
  readonly ended: Promise<void>;
  /** The database that is to be stopped where this process is killed. */
  stopWithParent(databasePid: number | undefined): void;
}

const root = new URL("../../", import.meta.url);
const readySecondsMax = 60;
const stopMsMax = 8_000;
const logBytesMax = 20_000_000;
// AWS keeps an idle function for minutes too; the default of one makes the next request wait for a start.
const idleSeconds = 900;

export function startFunctions(settings: FunctionsSettings): FunctionsServer {
  const child = spawnServer(settings);
  const ended = once(child, "exit").then(() => {});
  const ready = untilReady(child, settings);
  // Whoever stops the stack while it starts does not wait for it to be ready.
  ready.catch(() => {});
  return {
    ready,
    ended,
    stopWithParent: (databasePid) => child.send({ databasePid }),
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
 * Opens the log. Each request leaves lines in it: a stack that is used every day must not fill the disk.
 * Those of an earlier version could be read by everybody.
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
  // Cookies are nothing to the functions, and AWS hands on whatever they hold: else what a proxy adds is a 400.
  const asAws = ["--disableCookieValidation", "--noSponsor"];
  try {
    return spawn(
      process.execPath,
      ["--import", preload, serverless, "offline", "start", ...asAws, ...options, ...idle],
      {
        cwd: root,
        env: environment,
        // Out of reach of Ctrl-C, which would end it before what waits for it.
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
