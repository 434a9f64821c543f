import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import {
  type EmbeddedPostgres,
  openEmbeddedPostgres,
  superuser,
} from "../../../localstack/database/embedded-postgres.ts";
import { freePort } from "../../../localstack/machine/ports.ts";
import { makeDirectory, removeDirectory, startStack } from "../../support/servers/stack.ts";
import { creditsWhen, fullHour, hourMs, sendJson } from "../../support/servers/stack-client.ts";
import {
  countMessages,
  deadLetterQueue,
  measurementsQueue,
} from "../../support/servers/stack-queues.ts";

// Only an embedded database is ours to stop: tests on given servers leave this folder out.
const visibilitySeconds = 1;
// Long enough for every message to be tried and to come again several times.
const outageSeconds = 6 * visibilitySeconds;
const metric = "project_vcpu_usage";

// For the stack it is a given one, whose outages it outlasts: without its own one it would end.
async function startDatabase(directory: string) {
  const postgres = await openEmbeddedPostgres(join(directory, "given", "postgres"));
  const port = await freePort();
  await postgres.start(port);
  const url = `postgres://${superuser}:${postgres.password}@127.0.0.1:${port}/postgres`;
  return { postgres, port, url };
}

test("what is accepted while the database is away is billed when it is back, and nothing is given up", async () => {
  const directory = await makeDirectory();
  const { postgres, port, url } = await startDatabase(directory);
  try {
    await expectOutageOutlasted(directory, url, postgres, port);
  } finally {
    await postgres.stop();
    await removeDirectory(directory);
  }
}, 400_000);

async function expectOutageOutlasted(
  directory: string,
  databaseUrl: string,
  postgres: EmbeddedPostgres,
  port: number,
): Promise<void> {
  const environment = {
    DATABASE_URL: databaseUrl,
    SQS_ENDPOINT: "",
    VISIBILITY_TIMEOUT_SECONDS: String(visibilitySeconds),
  };
  const stack = await startStack({ directory, environment });
  try {
    const project_name = "e2e outage";
    const begin = Date.parse(fullHour(2));
    const post = (value: number) => {
      const time = new Date(begin + (value * hourMs) / 60).toISOString();
      return sendJson(stack, [{ project_name, metric, value, time }]);
    };
    expect(await post(0)).toBe(202);
    expect(await creditsWhen(stack, project_name, "0.0")).toBe("0.0");

    await postgres.stop();
    for (let second = 1; second <= outageSeconds; second++) {
      expect(await post(second)).toBe(202);
      await sleep(1000);
    }
    const waiting = await countMessages(stack.sqsEndpoint, measurementsQueue("local"));
    expect(waiting).toBeGreaterThanOrEqual(outageSeconds);

    await postgres.start(port);
    const total = `${outageSeconds}.0`;
    expect(await creditsWhen(stack, project_name, total)).toBe(total);
    expect(await countMessages(stack.sqsEndpoint, deadLetterQueue("local"))).toBe(0);
  } finally {
    await stack.stop();
  }
}
