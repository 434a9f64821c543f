import { join } from "node:path";
import { TariffRefused } from "../../lib/billing/tariff-changes.ts";
import { databaseAt } from "../../lib/postgres/database/database-settings.ts";
import { type Pool, withPool } from "../../lib/postgres/database/pool.ts";
import { DatabaseNewerThanCode } from "../../lib/postgres/migrate.ts";
import { type Prepared, prepareDatabase } from "../../lib/postgres/prepare-database.ts";
import type { MetricSettings } from "../../lib/settings/metrics.ts";
import { freePort } from "../machine/ports.ts";
import { errorCode, StartFailure } from "../machine/start-failure.ts";
import type { Settings } from "../settings/settings.ts";
import { type EmbeddedPostgres, openEmbeddedPostgres, superuser } from "./embedded-postgres.ts";
import { untilServerEnds } from "./until-server-ends.ts";

/** The embedded database or the configured one. Its URL is known before it runs. */
export interface Database extends AsyncDisposable {
  readonly url: string;
  readonly description: string;
  /** How to connect to it, for the welcome; without the password of a configured one. */
  readonly access: string;
  /** Resolves when it can be used. */
  start(): Promise<void>;
  /** Process id of the embedded server. */
  pid(): Promise<number | undefined>;
  /** Resolves with the path of its log when the embedded server has ended, whether stopped or not. */
  readonly ended: Promise<string>;
}

const databaseName = "credits";
const migrationsDirectory = new URL("../../lib/postgres/migrations/", import.meta.url);
const limits = { connectionsMax: 1, statementTimeoutMs: 120_000 };

export async function openDatabase(settings: Settings): Promise<Database> {
  const { databaseUrl, localDir } = settings;
  if (databaseUrl !== undefined) return configuredDatabase(databaseUrl);
  const postgres = await openEmbeddedPostgres(join(localDir, "postgres"));
  const port = await freePort(settings.port);
  const url = (name: string) =>
    `postgres://${superuser}:${postgres.password}@127.0.0.1:${port}/${name}`;
  const { promise: ended, resolve: end } = Promise.withResolvers<string>();
  return {
    url: url(databaseName),
    description: `PostgreSQL ${postgres.version} on 127.0.0.1:${port}`,
    access: `psql '${url(databaseName)}'`,
    start: async () => {
      await startEmbedded(postgres, port, url("postgres"));
      void untilServerEnds(url("postgres")).then(() => end(postgres.logFile));
    },
    pid: postgres.pid,
    ended,
    [Symbol.asyncDispose]: postgres.stop,
  };
}

function configuredDatabase(url: string): Database {
  const { hostname, port, pathname } = new URL(url);
  const place = `${hostname}:${port || 5432}`;
  const description = `${decodeURIComponent(pathname.slice(1))} at ${place}`;
  return {
    url,
    description,
    access: `${description}, as configured`,
    start: () => onDatabase(url, requireUsable(pathname.slice(1), place)),
    pid: async () => undefined,
    // The stack cannot repair it, and the functions go on once it is back.
    ended: new Promise(() => {}),
    [Symbol.asyncDispose]: async () => {},
  };
}

const requireUsable = (name: string, place: string) => async (pool: Pool) => {
  await pool.query("select 1").catch((cause) => {
    throw new StartFailure(
      `The database ${name} at ${place} cannot be used (${errorCode(cause)}): start it or correct DATABASE_URL or POSTGRES_*, or unset them to use the embedded one.`,
      { cause },
    );
  });
};

async function startEmbedded(postgres: EmbeddedPostgres, port: number, url: string): Promise<void> {
  await postgres.start(port);
  await onDatabase(url, async (pool) => {
    const found = await pool.query("select from pg_database where datname = $1", [databaseName]);
    if (found.rowCount === 0) await pool.query(`create database ${databaseName}`);
  });
}

/** Brings the schema and the tariffs up to date, as a deployment does. */
export function bringUpToDate(url: string, metrics: MetricSettings): Promise<Prepared> {
  return onDatabase(url, async (pool) => {
    try {
      return await prepareDatabase(pool, migrationsDirectory, metrics, "local stack");
    } catch (error) {
      const isRefused = error instanceof DatabaseNewerThanCode || error instanceof TariffRefused;
      if (!isRefused) throw error;
      throw new StartFailure(error.message, { cause: error });
    }
  });
}

const onDatabase = <T>(connectionString: string, work: (pool: Pool) => Promise<T>): Promise<T> =>
  withPool(databaseAt({ connectionString }), limits, work);
