import { afterAll, beforeAll, expect, test } from "@jest/globals";
import {
  makeDirectory,
  type OwnServers,
  type RunningStack,
  removeDirectory,
  startStack,
  useOwnServers,
} from "../support/servers/stack.ts";
import { countMessages, deadLetterQueue, untilProcessed } from "../support/servers/stack-queues.ts";
import { gatewayScenarios } from "./scenarios/gateway.ts";
import { measurementScenarios } from "./scenarios/measurements.ts";
import { newerDatabaseScenario } from "./scenarios/newer-database.ts";
import { recordingScenarios } from "./scenarios/recordings.ts";
import { restartScenarios } from "./scenarios/restarts.ts";

// One stack for everything that does not need a fresh one: a start takes as long as all these tests.
let directory: string;
let servers: OwnServers;
let stack: RunningStack;

const running = () => stack;

async function start(args: readonly string[]): Promise<void> {
  const environment = {
    ...servers.environment,
    // The recordings age; the stack refuses nothing that is old.
    LATE_DAYS: "36500",
    VISIBILITY_TIMEOUT_SECONDS: "5",
  };
  stack = await startStack({ directory, environment, args });
}

beforeAll(async () => {
  directory = await makeDirectory();
  servers = await useOwnServers();
  await start([]);
});

afterAll(async () => {
  await stack?.stop();
  await servers?.[Symbol.asyncDispose]();
  await removeDirectory(directory);
});

gatewayScenarios(running);
measurementScenarios(running, () => untilProcessed(stack.sqsEndpoint, servers.stage));
recordingScenarios(running, () => untilProcessed(stack.sqsEndpoint, servers.stage));
newerDatabaseScenario(running);
restartScenarios({ running, startAgain: start });

test("after all of this there is not one dead letter", async () => {
  expect(await countMessages(stack.sqsEndpoint, deadLetterQueue(servers.stage))).toBe(0);
});
