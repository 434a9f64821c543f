import { inspect } from "node:util";
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { apiKeysJson, linkKeysJson } from "../../support/api-keys.ts";
import { environmentOf, functionNames } from "../../support/service-file.ts";

/** What no program can guess. */
const given = {
  DATABASE_URL: "postgres://u:p@localhost/credits",
  API_KEYS: apiKeysJson,
  LINK_KEYS: linkKeysJson,
  METRICS_TO_BILL: '{"project_vcpu_usage": 1}',
  MEASUREMENTS_QUEUE_URL: "http://localhost/measurements",
  DEAD_LETTER_QUEUE_URL: "http://localhost/dead-letters",
};
/** For each function what it reads of the presets of serverless.yml, and what it reads where nothing is set. */
const settings = new Map<string, readonly [presets: string, unset: string]>();
const before = { ...process.env };

beforeAll(async () => {
  const config = await import("../../../lib/config.ts");
  let read: readonly [string, string] = ["", ""];
  const loadConfig: typeof config.loadConfig = (readers) => {
    const loaded = config.loadConfig(readers);
    const unset = config.loadConfig(readers, given);
    read = [inspect(loaded, { depth: 10 }), inspect(unset, { depth: 10 })];
    return loaded;
  };
  jest.unstable_mockModule("../../../lib/config.ts", () => ({ ...config, loadConfig }));
  await import("../../../lib/logger.ts");
  for (const name of functionNames) {
    read = ["", ""];
    process.env = { ...environmentOf(name, given) };
    await import(`../../../functions/${name}.ts`);
    settings.set(name, read);
  }
});
afterAll(() => {
  process.env = before;
});

test.each(functionNames)(
  "%s does on AWS, where nothing is set, what it does everywhere",
  (name) => {
    const [presets, unset] = settings.get(name) ?? [];
    expect(presets).toBe(unset);
  },
);

test.each(functionNames)("%s gets each variable as it is set at the deployment", (name) => {
  const set = Object.fromEntries(
    Object.keys(environmentOf(name)).map((variable) => [variable, `the value of ${variable}`]),
  );
  expect(environmentOf(name, set)).toEqual(set);
});
