import { randomBytes } from "node:crypto";
import { appendFile, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { runBinary } from "../machine/run-binary.ts";
import { StartFailure } from "../machine/start-failure.ts";
import { type PostgresBinaries, postgresBinaries } from "./postgres-binaries.ts";
import {
  giveTo,
  letEnter,
  type PostgresUser,
  postgresUser,
  postgresVersion,
} from "./postgres-user.ts";

/** A database cluster in a directory, which can be started on a loopback port, stopped and started again. */
export interface EmbeddedPostgres {
  start(port: number): Promise<void>;
  stop(): Promise<void>;
  /** Process id of the running server. */
  pid(): Promise<number | undefined>;
  readonly logFile: string;
  readonly version: string;
  readonly password: string;
}

export const superuser = "credits";
const startSecondsMax = 60;
const stopSecondsMax = 30;

// The server's own C.UTF-8 sorts the same on every machine; the system's locales do not.
const initFlags = [
  `--username=${superuser}`,
  "--encoding=UTF8",
  "--locale=C",
  "--locale-provider=builtin",
  "--builtin-locale=C.UTF-8",
  "--auth=scram-sha-256",
  // If the machine crashes during the first start, nothing is lost; later everything is synced.
  "--no-sync",
];

const configuration = `
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 100
timezone = 'UTC'
log_timezone = 'UTC'
`;

/**
 * Stops a server that a killed stack has left running there: the caller holds the lock of the state, so
 * nobody uses that server. Making the cluster takes seconds, so it is left to the first start; version,
 * password and log file are known before.
 */
export async function openEmbeddedPostgres(dataDir: string): Promise<EmbeddedPostgres> {
  const [binaries, user] = await Promise.all([postgresBinaries(), postgresUser()]);
  const version = await postgresVersion(user, binaries.postgres);
  const major = await clusterMajor(dataDir);
  if (major !== undefined && major !== version.split(".")[0]) {
    throw new StartFailure(
      `${dataDir} was made by PostgreSQL ${major} and this program brings ${version}: run npm run reset to begin with an empty database.`,
    );
  }
  if (major === undefined) await makePassword(dataDir, user);
  await letEnter(user, dirname(dataDir));
  const control = controlOf(dataDir, binaries, user);
  await stop(dataDir, control);
  return {
    logFile: logFile(dataDir),
    version,
    password: await readPassword(dataDir),
    pid: () => serverPid(dataDir),
    start: async (port) => {
      if ((await clusterMajor(dataDir)) === undefined) await initialise(dataDir, binaries, user);
      await start(dataDir, control, port);
    },
    stop: () => stop(dataDir, control),
  };
}

/** The major version that made the cluster; undefined where there is none. */
async function clusterMajor(dataDir: string): Promise<string | undefined> {
  const text = await readFile(join(dataDir, "PG_VERSION"), "utf8").catch(() => undefined);
  return text?.trim();
}

/** Stops the server that a killed stack has left running. The caller holds the lock of the state. */
export async function stopLeftBehind(dataDir: string): Promise<void> {
  if ((await serverPid(dataDir)) === undefined) return;
  const [binaries, user] = await Promise.all([postgresBinaries(), postgresUser()]);
  await stop(dataDir, controlOf(dataDir, binaries, user));
}

type Control = (...args: string[]) => Promise<string>;

const controlOf =
  (dataDir: string, { pg_ctl }: PostgresBinaries, user: PostgresUser): Control =>
  (...args) =>
    runBinary(pg_ctl, [...args, "-D", dataDir], { ...user, cwd: dataDir });

const logFile = (dataDir: string) => join(dataDir, "server.log");
const passwordFile = (dataDir: string) => join(dirname(dataDir), "database-password");

async function readPassword(dataDir: string): Promise<string> {
  try {
    return (await readFile(passwordFile(dataDir), "utf8")).trim();
  } catch (cause) {
    throw new StartFailure(
      `${passwordFile(dataDir)} is missing, without which nobody can log in: run npm run reset to begin with an empty database.`,
      { cause },
    );
  }
}

async function makePassword(dataDir: string, user: PostgresUser): Promise<void> {
  const file = passwordFile(dataDir);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${randomBytes(18).toString("base64url")}\n`, { mode: 0o600 });
  // initdb runs as this user and reads it.
  await giveTo(user, file);
}

/** Makes the cluster under another name and renames it, so that a half-made one is never used. */
async function initialise(
  dataDir: string,
  binaries: PostgresBinaries,
  user: PostgresUser,
): Promise<void> {
  const unfinished = `${dataDir}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true, mode: 0o700 });
  await giveTo(user, unfinished);
  const flags = ["-D", unfinished, ...initFlags, `--pwfile=${passwordFile(dataDir)}`];
  await runBinary(binaries.initdb, flags, { ...user, cwd: unfinished }).catch((cause) => {
    throw new StartFailure(`PostgreSQL's files could not be made in ${dataDir}: ${cause.message}`, {
      cause,
    });
  });
  await appendFile(join(unfinished, "postgresql.conf"), configuration);
  await rename(unfinished, dataDir);
}

async function start(dataDir: string, control: Control, port: number): Promise<void> {
  const log = logFile(dataDir);
  const wait = ["-w", "-t", String(startSecondsMax)];
  // pg_ctl starts it in a session of its own, so that Ctrl-C reaches only the stack, which stops it last.
  await control("start", "-l", log, "-o", `-p ${port}`, ...wait).catch((cause) => {
    throw new StartFailure(
      `PostgreSQL did not start: ${log} says why; if its files are damaged, npm run reset begins anew.`,
      { cause },
    );
  });
}

async function stop(dataDir: string, control: Control): Promise<void> {
  if ((await serverPid(dataDir)) === undefined) return;
  const wait = ["-w", "-t", String(stopSecondsMax)];
  // Fails if the process id is that of a killed server; then there is nothing to stop.
  await control("stop", "-m", "fast", ...wait).catch(() => {});
}

async function serverPid(dataDir: string): Promise<number | undefined> {
  const text = await readFile(join(dataDir, "postmaster.pid"), "utf8").catch(() => "");
  return Number.parseInt(text, 10) || undefined;
}
