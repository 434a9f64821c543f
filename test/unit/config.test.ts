import { describe, expect, test } from "@jest/globals";
import { ConfigurationFaulty, loadConfig } from "../../lib/config.ts";
import { readPrecision, readProjectWhitelist } from "../../lib/http/http-settings.ts";
import { readKeySource } from "../../lib/http/stack/api-keys.ts";
import { readLogLevel } from "../../lib/logger.ts";
import { readMailSettings } from "../../lib/mail/mail-settings.ts";
import { readPortalNoticeSettings } from "../../lib/portal/portal-settings.ts";
import { readDatabase } from "../../lib/postgres/database/database-settings.ts";
import { readKeepDays, readLateDays } from "../../lib/settings/days.ts";
import { readMetrics } from "../../lib/settings/metrics.ts";
import { readMeasurementsQueue } from "../../lib/sqs/sqs-settings.ts";
import { readWebhookSettings } from "../../lib/webhook/webhook-settings.ts";

test("all faults come in one message, each with the name of its variable", () => {
  const readers = {
    database: readDatabase,
    keys: readKeySource,
    metrics: readMetrics,
    lateDays: readLateDays,
    precision: readPrecision,
    logLevel: readLogLevel,
  };
  const load = () =>
    loadConfig(readers, {
      API_KEYS: '[{"id": "a", "scope": "all", "sha256": "1"}]',
      METRICS_TO_BILL: '{"a": -1, "b": -2}',
      LATE_DAYS: "many",
      OS_CREDITS_PRECISION: "0",
      LOG_LEVEL: "loud",
    });
  expect(load).toThrow(ConfigurationFaulty);
  for (const [name, times] of Object.entries({
    DATABASE_URL: 1,
    API_KEYS: 2,
    METRICS_TO_BILL: 2,
    LATE_DAYS: 1,
    OS_CREDITS_PRECISION: 1,
    LOG_LEVEL: 1,
  })) {
    expect(() => load()).toThrow(new RegExp(`(${name}.*[^]*){${times}}`));
  }
});

test("an empty variable counts as not set", async () => {
  const { keys, ...config } = loadConfig(
    {
      keys: readKeySource,
      lateDays: readLateDays,
      projectWhitelist: readProjectWhitelist,
      queue: readMeasurementsQueue,
      logLevel: readLogLevel,
    },
    {
      API_KEYS: "",
      ANONYMOUS_SCOPES: "",
      LATE_DAYS: " ",
      OS_CREDITS_PROJECT_WHITELIST: "",
      MEASUREMENTS_QUEUE_URL: "http://queue",
      SQS_ENDPOINT: "",
    },
  );
  expect(await keys.apiKeys()).toEqual([]);
  expect(keys.anonymousScopes).toEqual(new Set());
  expect(config).toEqual({
    lateDays: 30,
    projectWhitelist: null,
    queue: { url: "http://queue", endpoint: undefined },
    logLevel: "info",
  });
});

describe("the database is named by", () => {
  const postgres = {
    POSTGRES_HOST: "db",
    POSTGRES_DB: "d",
    POSTGRES_USER: "u",
    POSTGRES_PASSWORD: "p",
  };

  const readers = { database: readDatabase };

  test("DATABASE_URL", async () => {
    const { database } = loadConfig(readers, {
      ...postgres,
      DATABASE_URL: "postgres://u:p@h/d",
    });
    expect(await database()).toEqual({ connectionString: "postgres://u:p@h/d" });
  });

  test("the variables of the old service", async () => {
    const { database } = loadConfig(readers, postgres);
    expect(await database()).toEqual({
      host: "db",
      port: 5432,
      database: "d",
      user: "u",
      password: "p",
    });
  });

  test("nothing else", () => {
    for (const url of ["mysql://h/d", "postgres://u:p@h:99999/d", "postgres://u@h/%zz", "h"]) {
      expect(() => loadConfig(readers, { DATABASE_URL: url })).toThrow("DATABASE_URL must be");
    }
    expect(() => loadConfig(readers, { POSTGRES_HOST: "db", POSTGRES_DB: "d" })).toThrow(
      "POSTGRES_USER is not set, but POSTGRES_HOST is\nPOSTGRES_PASSWORD is not set, but POSTGRES_HOST is",
    );
  });
});

test("two keys of one id are refused, for a log line could not tell them apart", () => {
  const key = { id: "a", scope: "read", sha256: "0".repeat(64) };
  expect(() =>
    loadConfig({ keys: readKeySource }, { API_KEYS: JSON.stringify([key, key]) }),
  ).toThrow("same id");
});

test.each([
  [{}, 400],
  [{ KEEP_DAYS: "58" }, 58],
  [{ LATE_DAYS: "60", KEEP_DAYS: "88" }, 88],
  [{ LATE_DAYS: "372" }, 400],
  [{ LATE_DAYS: "373" }, 401],
])("with %j measurements are kept for %i days", (env, days) => {
  expect(loadConfig({ keepDays: readKeepDays }, env)).toEqual({ keepDays: days });
});

test.each([
  [{ KEEP_DAYS: "57" }, "KEEP_DAYS is 57, but must be at least LATE_DAYS + 28, which is 58"],
  [
    { LATE_DAYS: "40", KEEP_DAYS: "58" },
    "KEEP_DAYS is 58, but must be at least LATE_DAYS + 28, which is 68",
  ],
])("with %j it says: %s", (env, message) => {
  expect(() => loadConfig({ keepDays: readKeepDays }, env)).toThrow(message);
});

test("a variable that two settings read is named once", () => {
  expect(() =>
    loadConfig({ lateDays: readLateDays, keepDays: readKeepDays }, { LATE_DAYS: "many" }),
  ).toThrow(/^LATE_DAYS must be a whole number from 1 to 36500$/);
});

describe("the channels of notices", () => {
  const channels = {
    portalNotices: readPortalNoticeSettings,
    webhooks: readWebhookSettings,
    mail: readMailSettings,
  };

  test("are absent without their settings", () => {
    expect(loadConfig(channels, { API_CONTACT_KEY: "k", MAIL_FROM: "a@b" })).toEqual({
      portalNotices: undefined,
      webhooks: { webhooks: [], allowed: expect.anything() },
      mail: undefined,
    });
  });

  test("name every faulty variable in one message", () => {
    const env = { MAIL_CONTACT_URL: "portal", WEBHOOKS: "[", MAIL_SMTP_SERVER: "localhost" };
    const load = () => loadConfig(channels, env);
    for (const name of ["MAIL_CONTACT_URL", "API_CONTACT_KEY", "WEBHOOKS", "MAIL_FROM"]) {
      expect(load).toThrow(new RegExp(`^${name} .`, "m"));
    }
  });
});
