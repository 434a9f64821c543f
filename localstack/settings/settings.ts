import { resolve } from "node:path";
import { z } from "zod";
import { ConfigurationFaulty, type Environment, loadConfig } from "../../lib/config.ts";
import { readPrecision, readRequestsPerMinute } from "../../lib/http/http-settings.ts";
import { readLinkSettings } from "../../lib/http/links.ts";
import { readKeySource } from "../../lib/http/stack/api-keys.ts";
import { readLogLevel } from "../../lib/logger.ts";
import { readMailSettings } from "../../lib/mail/mail-settings.ts";
import {
  readPortalGrantSettings,
  readPortalNoticeSettings,
} from "../../lib/portal/portal-settings.ts";
import {
  type DatabaseSettings,
  readDatabaseSettings,
} from "../../lib/postgres/database/database-settings.ts";
import { readKeepDays, readLateDays } from "../../lib/settings/days.ts";
import { type MetricSettings, readMetrics } from "../../lib/settings/metrics.ts";
import {
  readForecastNoticeDays,
  readLimitThresholds,
  readSilenceAfterMs,
} from "../../lib/settings/notices.ts";
import { readWebhookSettings } from "../../lib/webhook/webhook-settings.ts";
import { StartFailure } from "../machine/start-failure.ts";

/** The settings of the stack, read once from the environment and the command line. */
export interface Settings {
  readonly port: number;
  readonly localDir: string;
  /** Part of the names of queues and functions, so that two stacks can share a queue server. */
  readonly stage: string;
  readonly demo: boolean;
  /** The database to use instead of the embedded one. */
  readonly databaseUrl: string | undefined;
  /** The queue server to use instead of the embedded one. */
  readonly sqsEndpoint: string | undefined;
  /** JSON. */
  readonly apiKeys: string | undefined;
  readonly metrics: MetricSettings;
  /** Replaces that of the queue, so that a test need not wait six minutes for a second delivery. */
  readonly visibilityTimeoutSeconds: number | undefined;
}

// An empty variable counts as not set, because .env and compose files write it so.
const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === "" ? undefined : value), schema.optional());
const wholeNumber = (min: number, max: number) => {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.coerce.number({ error }).int({ error }).min(min, { error }).max(max, { error });
};

const stackVariables = z.object({
  PORT: optional(wholeNumber(0, 65_535)),
  LOCAL_DIR: optional(z.string()),
  STAGE: optional(z.string().regex(/^[a-z0-9-]{1,20}$/, "must be 1 to 20 of a-z, 0-9 and -")),
  SQS_ENDPOINT: optional(z.url({ protocol: /^https?$/, error: "must begin with http://" })),
  API_KEYS: optional(z.string()),
  VISIBILITY_TIMEOUT_SECONDS: optional(wholeNumber(1, 43_200)),
});

/** Throws a `StartFailure` that names every faulty variable, those of the functions included. */
export function readSettings(environment: Environment, args: readonly string[]): Settings {
  const unknown = args.filter((arg) => arg !== "--demo");
  if (unknown.length > 0) {
    throw new StartFailure(`Unknown argument ${unknown.join(" ")}: there is only --demo.`);
  }
  const parsed = stackVariables.safeParse(environment);
  if (!parsed.success) {
    throw faulty(parsed.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`));
  }
  const stack = parsed.data;
  const functions = readFunctionSettings(environment);
  return {
    port: stack.PORT ?? 3000,
    localDir: resolve(stack.LOCAL_DIR ?? ".local"),
    stage: stack.STAGE ?? "local",
    demo: args.includes("--demo"),
    databaseUrl: functions.database && databaseUrl(functions.database),
    sqsEndpoint: stack.SQS_ENDPOINT,
    apiKeys: stack.API_KEYS,
    metrics: functions.metrics,
    visibilityTimeoutSeconds: stack.VISIBILITY_TIMEOUT_SECONDS,
  };
}

const faulty = (faults: readonly string[]) =>
  new StartFailure(`Change the environment: ${faults.join("; ")}.`);

const functionSettings = {
  keys: readKeySource,
  links: readLinkSettings,
  requestsPerMinute: readRequestsPerMinute,
  metrics: readMetrics,
  lateDays: readLateDays,
  keepDays: readKeepDays,
  precision: readPrecision,
  limitThresholds: readLimitThresholds,
  forecastNoticeDays: readForecastNoticeDays,
  silenceAfterMs: readSilenceAfterMs,
  portalGrants: readPortalGrantSettings,
  portalNotices: readPortalNoticeSettings,
  webhooks: readWebhookSettings,
  mail: readMailSettings,
  logLevel: readLogLevel,
};

/** Checked here, because a function would report its faulty settings only in the log, at its first request. */
function readFunctionSettings(environment: Environment) {
  const hasDatabase = !!(environment["DATABASE_URL"] || environment["POSTGRES_HOST"]);
  try {
    const { metrics } = loadConfig(functionSettings, environment);
    const database = hasDatabase
      ? loadConfig({ database: readDatabaseSettings }, environment).database
      : undefined;
    return { metrics, database };
  } catch (error) {
    if (error instanceof ConfigurationFaulty) throw faulty(error.message.split("\n"));
    throw error;
  }
}

function databaseUrl(settings: DatabaseSettings): string {
  if (settings.connectionString !== undefined) return settings.connectionString;
  const url = new URL("postgres://localhost");
  url.hostname = settings.host ?? "";
  url.port = String(settings.port ?? "");
  url.username = encodeURIComponent(settings.user ?? "");
  url.password = encodeURIComponent(settings.password ?? "");
  url.pathname = encodeURIComponent(settings.database ?? "");
  return url.href;
}
