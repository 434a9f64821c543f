import { describe, expect, test } from "@jest/globals";
import { ConfigurationFaulty, loadConfig } from "../../lib/config.ts";

test("all faults come in one message, each with the name of its variable", () => {
  const load = () =>
    loadConfig(["database", "apiKeys", "metrics", "lateDays", "precision", "logLevel"], {
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

test("an empty variable counts as not set", () => {
  const config = loadConfig(
    ["apiKeys", "lateDays", "projectWhitelist", "sqsEndpoint", "logLevel"],
    {
      API_KEYS: "",
      LATE_DAYS: " ",
      OS_CREDITS_PROJECT_WHITELIST: "",
      SQS_ENDPOINT: "",
    },
  );
  expect(config).toEqual({
    apiKeys: [],
    lateDays: 30,
    projectWhitelist: null,
    sqsEndpoint: undefined,
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

  test("DATABASE_URL", () => {
    const { database } = loadConfig(["database"], {
      ...postgres,
      DATABASE_URL: "postgres://u:p@h/d",
    });
    expect(database).toEqual({ connectionString: "postgres://u:p@h/d" });
  });

  test("the variables of the old service", () => {
    const { database } = loadConfig(["database"], postgres);
    expect(database).toEqual({ host: "db", port: 5432, database: "d", user: "u", password: "p" });
  });

  test("nothing else", () => {
    for (const url of ["mysql://h/d", "postgres://u:p@h:99999/d", "postgres://u@h/%zz", "h"]) {
      expect(() => loadConfig(["database"], { DATABASE_URL: url })).toThrow("DATABASE_URL must be");
    }
    expect(() => loadConfig(["database"], { POSTGRES_HOST: "db", POSTGRES_DB: "d" })).toThrow(
      "POSTGRES_USER is not set, but POSTGRES_HOST is\nPOSTGRES_PASSWORD is not set, but POSTGRES_HOST is",
    );
  });
});

test("two keys of one id are refused, for a log line could not tell them apart", () => {
  const key = { id: "a", scope: "read", sha256: "0".repeat(64) };
  expect(() => loadConfig(["apiKeys"], { API_KEYS: JSON.stringify([key, key]) })).toThrow(
    "same id",
  );
});

test.each([
  [{}, 45],
  [{ KEEP_DAYS: "44" }, 44],
  [{ LATE_DAYS: "60", KEEP_DAYS: "74" }, 74],
  [{ LATE_DAYS: "20" }, 45],
  [{ LATE_DAYS: "60" }, 74],
])("with %j measurements are kept for %i days", (env, days) => {
  expect(loadConfig(["keepDays"], env)).toEqual({ keepDays: days });
});

test.each([
  [{ KEEP_DAYS: "43" }, "KEEP_DAYS is 43, but must be at least LATE_DAYS + 14, which is 44"],
  [
    { LATE_DAYS: "40", KEEP_DAYS: "45" },
    "KEEP_DAYS is 45, but must be at least LATE_DAYS + 14, which is 54",
  ],
])("with %j it says: %s", (env, message) => {
  expect(() => loadConfig(["keepDays"], env)).toThrow(message);
});

test("a variable that two settings read is named once", () => {
  expect(() => loadConfig(["lateDays", "keepDays"], { LATE_DAYS: "many" })).toThrow(
    /^LATE_DAYS must be a whole number from 1 to 36500$/,
  );
});

describe("the channels of notices", () => {
  const channels = ["portalNotices", "webhooks", "mail"] as const;

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
