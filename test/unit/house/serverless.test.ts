import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeAll, describe, expect, jest, test } from "@jest/globals";
import { parse } from "yaml";
import { readKeepDays } from "../../../lib/settings/days.ts";
import { leaseMs } from "../../../lib/usecases/notices/claim-policy.ts";

const root = resolve(import.meta.dirname, "../../..");
const service = parse(readFileSync(join(root, "serverless.yml"), "utf8"), { logLevel: "error" });
const queue = service.resources.Resources.MeasurementsQueue.Properties;
const deadLetters = service.resources.Resources.DeadLetterQueue.Properties;
const biller = service.functions["bill-measurements"];
const trigger = biller.events[0].sqs;

test("every file of functions/ is one function, and every function has its file", () => {
  const files = readdirSync(join(root, "functions")).map((name) => name.replace(/\.ts$/, ""));
  expect(Object.keys(service.functions).sort()).toEqual(files.sort());
  for (const [name, { handler }] of Object.entries<{ handler: string }>(service.functions)) {
    expect(handler).toBe(`functions/${name}.handler`);
  }
});

test("every function has a role of its own choosing, and none has more than it names", () => {
  for (const { role } of Object.values<{ role: string }>(service.functions)) {
    expect(service.resources.Resources).toHaveProperty([role, "Type"], "AWS::IAM::Role");
  }
  expect(JSON.stringify(service.resources)).not.toMatch(/"(sqs:)?\*"/);
});

test("every route of a project has one beside it that takes the name as a query", () => {
  const routes = (functions: typeof service.functions) =>
    Object.values<{ events?: { httpApi?: string }[] }>(functions).map(({ events = [] }) =>
      events.flatMap(({ httpApi }) => httpApi ?? []),
    );
  const ofProjects = routes(service.functions).filter((all) =>
    all.some((route) => route.includes("{project_name}")),
  );
  expect(ofProjects).toHaveLength(9);
  for (const [byPath = "", ...more] of ofProjects) {
    // A month stands behind the name, or in the query, too.
    const others = more.filter((route) => !route.endsWith("/{month}"));
    expect(others).toEqual([byPath.replace("/{project_name}", "")]);
  }
});

describe("the queue", () => {
  test("keeps a message for seven days", () => {
    expect(queue.MessageRetentionPeriod).toBe(7 * 86_400);
  });

  test("dead-letters nothing in an outage of a day", () => {
    expect(queue.VisibilityTimeout * queue.RedrivePolicy.maxReceiveCount).toBeGreaterThan(86_400);
  });

  test("gives a message as many rounds as SQS allows: each does a part of what is much work", () => {
    expect(queue.RedrivePolicy.maxReceiveCount).toBe(1_000);
    expect(queue.RedrivePolicy.deadLetterTargetArn).toBe("DeadLetterQueue.Arn");
  });

  test("keeps a dead letter as long as SQS can, fourteen days: they count from when it was sent", () => {
    expect(deadLetters.MessageRetentionPeriod).toBe(14 * 86_400);
  });

  test("keeps nothing for so long that the neighbours of a measurement are gone when it is billed", () => {
    // It may be sent back to the queue from the dead letters.
    const secondsMax = 2 * queue.MessageRetentionPeriod + deadLetters.MessageRetentionPeriod;
    const lateDays = 20;
    const keepDays = lateDays + secondsMax / 86_400;
    const read = (days: number) =>
      readKeepDays((name) => String(name === "KEEP_DAYS" ? days : lateDays));
    expect(read(keepDays)).toBe(keepDays);
    expect(() => read(keepDays - 1)).toThrow(/KEEP_DAYS/);
  });

  test("is the same in LocalStack, whose script repeats the numbers", () => {
    const script = readFileSync(join(root, "localstack/queues/create-queues.py"), "utf8");
    const numbers = [...script.matchAll(/"(\w+)": "?(\d+)"?,/g)];
    const ofDeadLetters = 2;
    const repeated = [numbers.slice(0, ofDeadLetters), numbers.slice(ofDeadLetters)].map((list) =>
      Object.fromEntries(list.map(([, name, number]) => [name, Number(number)])),
    );
    const { MessageRetentionPeriod, MaximumMessageSize, VisibilityTimeout, RedrivePolicy } = queue;
    expect(repeated).toEqual([
      {
        MessageRetentionPeriod: deadLetters.MessageRetentionPeriod,
        MaximumMessageSize: deadLetters.MaximumMessageSize,
      },
      {
        VisibilityTimeout,
        MessageRetentionPeriod,
        MaximumMessageSize,
        maxReceiveCount: RedrivePolicy.maxReceiveCount,
      },
    ]);
  });

  test("takes messages as large as the ones that are sent, and keeps them encrypted", () => {
    for (const one of [queue, deadLetters]) {
      expect(one.MaximumMessageSize).toBe(2 ** 20);
      expect(one.SqsManagedSseEnabled).toBe(true);
    }
  });

  test("waits for the biller six times as long as it may run, as AWS advises", () => {
    expect(queue.VisibilityTimeout).toBeGreaterThanOrEqual(6 * biller.timeout);
  });

  test("hands over no more than Lambda takes, and takes back only what failed", () => {
    const messageBytesMax = 400_000;
    expect(trigger.batchSize * messageBytesMax).toBeLessThan(6_000_000);
    expect(trigger.functionResponseType).toBe("ReportBatchItemFailures");
    expect(trigger.maximumConcurrency).toBeGreaterThan(1);
  });
});

describe("what grants, looks for something to tell, and tells it", () => {
  const schedules = [
    "refresh-grants",
    "forecast-budgets",
    "watch-sites",
    "watch-counters",
    "send-limit-notices",
  ];
  test.each(schedules)(
    "%s runs by itself, and ends before the time of a run after the next",
    (name) => {
      const { events, timeout } = service.functions[name];
      const [, count, unit] = /^rate\((\d+) (minute|hour)s?\)$/.exec(events[0].schedule) ?? [];
      const everySeconds = Number(count) * (unit === "hour" ? 3_600 : 60);
      expect(timeout).toBeLessThanOrEqual(2 * everySeconds);
    },
  );

  test("a run that sends ends long before somebody else gets what it has claimed", () => {
    expect(service.functions["send-limit-notices"].timeout * 1_000).toBeLessThan(leaseMs / 2);
  });
});

describe("has exactly the variables that it reads:", () => {
  // Enough for every reader to ask for all that it may need: what a channel needs it asks for only where
  // it is switched on.
  const values: Readonly<Record<string, string>> = {
    DATABASE_URL: "postgres://u:p@localhost/credits",
    MEASUREMENTS_QUEUE_URL: "http://localhost/measurements",
    DEAD_LETTER_QUEUE_URL: "http://localhost/dead-letters",
    API_CONTACT_BASE_URL: "http://localhost",
    MAIL_CONTACT_URL: "http://localhost",
    API_CONTACT_KEY: "key",
    MAIL_SMTP_SERVER: "localhost",
    MAIL_FROM: "credits@example.org",
    CLOUD_GOVERNANCE_MAIL: "governance@example.org",
  };
  const read = new Set<string>();

  /** The variables that are read while the module is loaded. */
  async function variablesOf(module: string): Promise<readonly string[]> {
    read.clear();
    await import(module);
    return [...read].sort();
  }

  beforeAll(async () => {
    const config = await import("../../../lib/config.ts");
    const recorded = new Proxy(values, {
      get(target, name: string) {
        read.add(name);
        return target[name];
      },
    });
    const loadConfig: typeof config.loadConfig = (readers) => config.loadConfig(readers, recorded);
    jest.unstable_mockModule("../../../lib/config.ts", () => ({ ...config, loadConfig }));
    expect(await variablesOf("../../../lib/logger.ts")).toEqual(
      Object.keys(service.provider.environment).sort(),
    );
  });

  test.each(Object.keys(service.functions))("%s", async (name) => {
    const { environment = {} } = service.functions[name];
    const resolved = typeof environment === "string" ? custom(environment) : environment;
    expect(await variablesOf(`../../../functions/${name}.ts`)).toEqual(
      Object.keys(resolved).sort(),
    );
  });

  /** `${self:custom.apiWithDatabase}` → the object that it stands for. */
  const custom = (reference: string): object =>
    service.custom[/^\$\{self:custom\.(\w+)\}$/.exec(reference)?.[1] ?? ""];
});
