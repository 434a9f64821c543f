import { PRICE_SCALE, parseDecimal } from "./billing/decimal.ts";
import { parseApiKeys } from "./http/stack/api-keys.ts";
import { readMailSettings } from "./mail/mail-settings.ts";
import { readPortalGrantSettings, readPortalNoticeSettings } from "./portal/portal-settings.ts";
import { parseDuration, parseMetricSettings } from "./tariff-settings.ts";
import { readWebhookSettings } from "./webhook/webhook-settings.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const defaultMetrics = '{"project_vcpu_usage":1,"project_mb_usage":0.3}';

/** Every setting: its reader throws an Error (or several, in an AggregateError) whose message names the variable. */
const settings = {
  database: readDatabase,
  metrics: (env: Environment) =>
    named("METRICS_TO_BILL", () =>
      parseMetricSettings(text(env, "METRICS_TO_BILL") ?? defaultMetrics),
    ),
  apiKeys: (env: Environment) =>
    named("API_KEYS", () => parseApiKeys(text(env, "API_KEYS") ?? "[]")),
  anonymousScopes: readAnonymousScopes,
  /** Requests that one key may send to one instance of the function; 0: any number. */
  requestsPerMinute: (env: Environment) =>
    wholeNumber(env, "RATE_LIMIT_PER_MINUTE", 600, 0, 1_000_000),
  measurementsQueueUrl: (env: Environment) => required(env, "MEASUREMENTS_QUEUE_URL"),
  deadLetterQueueUrl: (env: Environment) => required(env, "DEAD_LETTER_QUEUE_URL"),
  sqsEndpoint: (env: Environment) => text(env, "SQS_ENDPOINT"),
  lateDays: readLateDays,
  keepDays: readKeepDays,
  projectWhitelist: readProjectWhitelist,
  /** The step that estimates are rounded to, at PRICE_SCALE. */
  precision: readPrecision,
  /** undefined: granted credits are not pulled. */
  portalGrants: (env: Environment) => readPortalGrantSettings(reader(env)),
  portalNotices: (env: Environment) => readPortalNoticeSettings(reader(env)),
  webhooks: (env: Environment) => readWebhookSettings(reader(env)),
  mail: (env: Environment) => readMailSettings(reader(env)),
  /** Percentages of the granted credits at which somebody is told, plain decimals as text. */
  limitThresholds: readLimitThresholds,
  forecastNoticeDays: (env: Environment) => wholeNumber(env, "FORECAST_NOTICE_DAYS", 14, 1, 365),
  silenceAfterMs: (env: Environment) =>
    parseDuration("SILENCE_AFTER", text(env, "SILENCE_AFTER") ?? "1h"),
  logLevel: readLogLevel,
};

type Settings = { [Name in keyof typeof settings]: ReturnType<(typeof settings)[Name]> };

/** Wrong or missing settings: the message has a line for each. */
export class ConfigurationFaulty extends Error {
  override readonly name = "ConfigurationFaulty";
}

/**
 * Reads the named settings once, all faults in one message. A function asks only for what it uses, so
 * that it runs without the rest.
 */
export function loadConfig<Name extends keyof Settings>(
  names: readonly Name[],
  env: Environment = process.env,
): Pick<Settings, Name> {
  // Two settings may read one variable.
  const faults: string[] = [];
  const entries = names.map((name) => {
    try {
      return [name, settings[name](env)];
    } catch (error) {
      const errors = error instanceof AggregateError ? error.errors : [error];
      faults.push(...errors.map((fault: Error) => fault.message));
      return [name, undefined];
    }
  });
  if (faults.length > 0) throw new ConfigurationFaulty([...new Set(faults)].join("\n"));
  return Object.fromEntries(entries);
}

/** An empty variable counts as not set: templates and compose files cannot leave one out. */
const text = (env: Environment, name: string): string | undefined => env[name]?.trim() || undefined;

/** For settings of several variables, which are read where they are used. */
const reader = (env: Environment) => (name: string) => text(env, name);

function required(env: Environment, name: string): string {
  const value = text(env, name);
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}

/** Puts the variable's name in front of what is wrong with its value. */
function named<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const errors: Error[] = error instanceof AggregateError ? error.errors : [error as Error];
    throw new AggregateError(
      errors.map((fault) => new Error(`${name}: ${fault.message}`, { cause: fault })),
    );
  }
}

function wholeNumber(
  env: Environment,
  name: string,
  preset: number,
  min: number,
  max: number,
): number {
  const value = text(env, name);
  const number = value === undefined ? preset : Number(value);
  if (Number.isInteger(number) && number >= min && number <= max) return number;
  throw new Error(`${name} must be a whole number from ${min} to ${max}`);
}

/** `DATABASE_URL`, else the `POSTGRES_*` variables of the old service. */
function readDatabase(env: Environment) {
  const connectionString = text(env, "DATABASE_URL");
  if (connectionString !== undefined) {
    if (!isDatabaseUrl(connectionString)) {
      throw new Error("DATABASE_URL must be a URL such as postgres://user:password@host:5432/name");
    }
    return { connectionString };
  }
  if (text(env, "POSTGRES_HOST") === undefined) {
    throw new Error("DATABASE_URL is not set, nor POSTGRES_HOST");
  }
  const missing = ["POSTGRES_DB", "POSTGRES_USER", "POSTGRES_PASSWORD"].filter(
    (name) => text(env, name) === undefined,
  );
  if (missing.length > 0) {
    throw new AggregateError(
      missing.map((name) => new Error(`${name} is not set, but POSTGRES_HOST is`)),
    );
  }
  return {
    host: required(env, "POSTGRES_HOST"),
    port: wholeNumber(env, "POSTGRES_PORT", 5432, 1, 65_535),
    database: required(env, "POSTGRES_DB"),
    user: required(env, "POSTGRES_USER"),
    password: required(env, "POSTGRES_PASSWORD"),
  };
}

function readLateDays(env: Environment): number {
  return wholeNumber(env, "LATE_DAYS", 30, 1, 36_500);
}

// A week on the queue and a week among the dead letters: so much later than LATE_DAYS may be billed
// what was accepted.
const queueDays = 14;

/** How long measurements are kept: what is accepted late must still meet its neighbours. */
function readKeepDays(env: Environment): number {
  const lateDays = readLateDays(env);
  const keepDays = wholeNumber(env, "KEEP_DAYS", Math.max(45, lateDays + queueDays), 1, 73_000);
  if (keepDays >= lateDays + queueDays) return keepDays;
  throw new Error(
    `KEEP_DAYS is ${keepDays}, but must be at least LATE_DAYS + ${queueDays}, which is ${lateDays + queueDays}`,
  );
}

function isDatabaseUrl(text: string): boolean {
  try {
    const { protocol, pathname, username, password } = new URL(text);
    for (const part of [pathname, username, password]) decodeURIComponent(part);
    return protocol === "postgres:" || protocol === "postgresql:";
  } catch {
    return false;
  }
}

/** The scopes that need no key: empty, `read`, `ingest` or both. */
function readAnonymousScopes(env: Environment): ReadonlySet<"ingest" | "read"> {
  const scopes = (text(env, "ANONYMOUS_SCOPES") ?? "").split(/[\s,;]+/).filter(Boolean);
  return new Set(
    scopes.map((scope) => {
      if (scope === "ingest" || scope === "read") return scope;
      throw new Error(`ANONYMOUS_SCOPES may hold read and ingest, not ${JSON.stringify(scope)}`);
    }),
  );
}

/** `;` separated; null: every project is billed. */
function readProjectWhitelist(env: Environment): ReadonlySet<string> | null {
  const names = (env["OS_CREDITS_PROJECT_WHITELIST"] ?? "").split(";").filter(Boolean);
  return names.length === 0 ? null : new Set(names);
}

const thresholdsMax = 20;

/** Percentages, `,` separated, without idle zeros: `50` and `50.0` are one. */
function readLimitThresholds(env: Environment): readonly string[] {
  const written = (text(env, "LIMIT_THRESHOLDS") ?? "50,100").split(",").map((one) => one.trim());
  const isKnown = (one: string) => /^\d{1,3}(\.\d{1,6})?$/.test(one) && Number(one) > 0;
  if (!written.every(isKnown) || written.length > thresholdsMax) {
    throw new Error(
      `LIMIT_THRESHOLDS must be at most ${thresholdsMax} percentages such as 50,80,100, larger than 0 and below 1000`,
    );
  }
  return [...new Set(written.map((one) => String(Number(one))))];
}

function readPrecision(env: Environment): bigint {
  const step = text(env, "OS_CREDITS_PRECISION") ?? "0.01";
  if (!/^\d{1,6}(\.\d{1,12})?$/.test(step) || /^[0.]+$/.test(step)) {
    throw new Error("OS_CREDITS_PRECISION must be a step such as 0.01, larger than 0");
  }
  return parseDecimal(step, PRICE_SCALE);
}

const logLevels = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;

function readLogLevel(env: Environment) {
  const level = text(env, "LOG_LEVEL") ?? "info";
  const known = logLevels.find((name) => name === level);
  if (known === undefined) throw new Error(`LOG_LEVEL must be one of ${logLevels.join(", ")}`);
  return known;
}
