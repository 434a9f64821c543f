import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import type { PoolLimits } from "../../../lib/postgres/database/pool.ts";
import { apiKeysJson, linkKeysJson } from "../../support/api-keys.ts";
import { lambdaContext } from "../../support/http-event.ts";
import {
  environmentOf,
  functionNamed,
  functionNames,
  resolve,
  roleOf,
  timeoutMsOf,
} from "../../support/service-file.ts";

const given = {
  DATABASE_URL: "postgres://u:p@localhost/credits",
  API_KEYS: apiKeysJson,
  LINK_KEYS: linkKeysJson,
  MEASUREMENTS_QUEUE_URL: "http://localhost/measurements",
  LOG_LEVEL: "silent",
};
const pools = new Map<string, PoolLimits[]>();
const before = { ...process.env };

/** Loads every function, and remembers which pools it makes. Only one makes its pool when it is invoked. */
beforeAll(async () => {
  let made: PoolLimits[] = [];
  const makePool = (_source: unknown, limits: PoolLimits) => void made.push(limits);
  jest.unstable_mockModule("../../../lib/postgres/database/pool.ts", () => ({
    createPool: makePool,
    withPool: makePool,
  }));
  for (const name of functionNames) {
    made = [];
    process.env = { ...environmentOf(name, given) };
    const { handler } = await import(`../../../functions/${name}.ts`);
    if (name === "migrate-database") await handler({}, lambdaContext);
    pools.set(name, made);
  }
});
afterAll(() => {
  process.env = before;
});

const needsDatabase = (name: string) => pools.get(name)?.length !== 0;
const managed = { false: "AWSLambdaBasicExecutionRole", true: "AWSLambdaVPCAccessExecutionRole" };

test.each(functionNames)(
  "%s is in the VPC, and may be, exactly if it needs the database",
  (name) => {
    const isInVpc = functionNamed(name).vpc !== undefined;
    expect(isInVpc).toBe(needsDatabase(name));
    if (isInVpc) expect(functionNamed(name).vpc).toMatch(/self:custom\.vpc/);
    // Without a network interface of its own the function only logs.
    expect(resolve(roleOf(name).ManagedPolicyArns)).toEqual([
      expect.stringMatching(new RegExp(`:iam::aws:policy/service-role/${managed[`${isInVpc}`]}$`)),
    ]);
  },
);

test.each(functionNames)("%s gives up a statement before AWS ends it", (name) => {
  const limits = pools.get(name) ?? [];
  expect(limits.length).toBeLessThanOrEqual(1);
  for (const { connectionsMax, statementTimeoutMs } of limits) {
    expect(connectionsMax).toBeGreaterThan(0);
    expect(statementTimeoutMs).toBeGreaterThan(0);
    // A second is enough to answer, or to log the reason.
    expect(statementTimeoutMs).toBeLessThanOrEqual(timeoutMsOf(name) - 1_000);
  }
});

test("most functions need the database, and those that receive and estimate do not", () => {
  expect(functionNames.filter((name) => !needsDatabase(name))).toEqual([
    "receive-measurements",
    "list-metrics",
    "estimate-cost",
    "estimate-machines",
    "ping",
    "open-session",
    "describe-api",
    "read-asset",
    "refuse-route",
  ]);
});
