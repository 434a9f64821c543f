import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { dropDatabase, onServer } from "./on-server.ts";

export interface StackKeys {
  readonly ingest: string;
  readonly read: string;
  readonly admin: string;
}

export interface RunningStack {
  readonly baseUrl: string;
  readonly databaseUrl: string;
  readonly sqsEndpoint: string;
  readonly keys: StackKeys;
  /** Of what the stack brought with it: nothing may listen there when it has ended. */
  readonly ownPorts: readonly number[];
  /** Everything written so far, both streams. */
  output(): string;
  /** Ctrl-C; resolves with the exit code when the process has ended. */
  stop(): Promise<number | null>;
  /** Resolves when the process has ended by itself. */
  untilEnded(): Promise<EndedStack>;
  /** kill -9 of the starting process alone: what it started has to notice. */
  kill(): Promise<void>;
}

export interface StackOptions {
  readonly directory: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
}

export interface EndedStack {
  readonly code: number | null;
  readonly stderr: string;
}

const root = fileURLToPath(new URL("../../../", import.meta.url));
/** A start takes ten seconds; several times that while the machine is busy with other tests. */
const readyMsMax = 120_000;

/** A directory for the stack's state, which PostgreSQL's own user can reach where root runs the tests. */
export async function makeDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "openstack-credits-e2e-"));
  await chmod(directory, 0o755);
  return directory;
}

export const removeDirectory = (directory: string) =>
  rm(directory, { recursive: true, force: true });

/** Starts the stack as `npm start` does, on a free port; resolves when it says that it is ready. */
export async function startStack(options: StackOptions): Promise<RunningStack> {
  const { child, output } = launch(options);
  const ended = once(child, "exit");
  const text = await untilReady(child, output).catch(async (error: Error) => {
    const log = await readFile(join(options.directory, "functions.log"), "utf8").catch(() => "");
    throw new Error(`${error.message}\nThe end of functions.log:\n${log.slice(-4_000)}`);
  });
  const stop = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await ended;
    return child.exitCode;
  };
  const baseUrl = find(text, /Ready after .* s: (http:\/\/\S+)/);
  const given = { ...process.env, ...options.environment }["DATABASE_URL"];
  const databaseUrl = given || find(text, /psql '(postgres:\/\/[^']+)'/);
  return {
    baseUrl,
    databaseUrl,
    ownPorts: [baseUrl, ...(given ? [] : [databaseUrl])].map((url) => +new URL(url).port),
    sqsEndpoint: find(text, /Queues +(http\S+)/),
    keys: JSON.parse(await readFile(join(options.directory, "keys.json"), "utf8")),
    output: () => output.both,
    stop: () => stop("SIGINT"),
    untilEnded: async () => {
      await ended;
      return { code: child.exitCode, stderr: output.stderr };
    },
    kill: async () => void (await stop("SIGKILL")),
  };
}

/** Starts a stack that is expected to end by itself. */
export async function runStackToEnd(options: StackOptions): Promise<EndedStack> {
  const { child, output } = launch(options);
  const timer = setTimeout(() => child.kill("SIGKILL"), readyMsMax);
  await once(child, "close");
  clearTimeout(timer);
  return { code: child.exitCode, stderr: output.stderr };
}

interface Output {
  both: string;
  stderr: string;
}

function launch({ directory, environment, args = [] }: StackOptions) {
  const child = spawn(process.execPath, ["localstack/start.ts", ...args], {
    cwd: root,
    env: {
      ...process.env,
      LOCAL_DIR: directory,
      PORT: "0",
      ...environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output: Output = { both: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => {
    output.both += chunk;
  });
  child.stderr.on("data", (chunk: Buffer) => {
    output.both += chunk;
    output.stderr += chunk;
  });
  return { child, output };
}

// The last line of what a newcomer is told.
const readyText = /Ctrl-C ends everything/;

function untilReady(child: ChildProcess, output: Output): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => {
      child.kill("SIGKILL");
      reject(new Error(`the stack ${reason}:\n${output.both}`));
    };
    const timer = setTimeout(() => fail(`was not ready after ${readyMsMax} ms`), readyMsMax);
    child.once("exit", () => {
      clearTimeout(timer);
      fail("ended before it was ready");
    });
    child.stdout?.on("data", () => {
      if (!readyText.test(output.both)) return;
      clearTimeout(timer);
      resolve(output.both);
    });
  });
}

function find(text: string, pattern: RegExp): string {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new Error(`the stack did not say ${pattern}:\n${text}`);
  return found;
}

/** Servers of the environment, with a database and queue names that no other run uses. */
export interface OwnServers extends AsyncDisposable {
  /** Empty where there are none: the stack then brings its own. */
  readonly environment: Readonly<Record<string, string>>;
  readonly stage: string;
}

export async function useOwnServers(): Promise<OwnServers> {
  const run = randomBytes(5).toString("hex");
  const stage = process.env["SQS_ENDPOINT"] ? `e2e-${run}` : "local";
  const server = process.env["DATABASE_URL"];
  if (!server) {
    return { environment: { STAGE: stage }, stage, [Symbol.asyncDispose]: async () => {} };
  }
  const url = new URL(server);
  url.pathname = `/e2e_${run}`;
  await onServer(server, `create database e2e_${run}`);
  return {
    environment: { STAGE: stage, DATABASE_URL: url.href },
    stage,
    [Symbol.asyncDispose]: () => dropDatabase(server, `e2e_${run}`),
  };
}
