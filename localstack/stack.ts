import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { printable } from "../lib/printable.ts";
import { bringUpToDate, type Database, openDatabase } from "./database/database.ts";
import { type Inbox, startInbox } from "./demo/demo-inbox.ts";
import { demoDays } from "./demo/demo-states.ts";
import { type FunctionsServer, startFunctions } from "./functions/functions-server.ts";
import { instancesMax } from "./functions/instance-slots.ts";
import { invokeFunction } from "./functions/invoke-function.ts";
import { type QueueTrigger, readServiceDefinition } from "./functions/service-definition.ts";
import { freePort, requireFreePort } from "./machine/ports.ts";
import { StartFailure } from "./machine/start-failure.ts";
import { lockState } from "./machine/state-lock.ts";
import type { Progress } from "./progress.ts";
import { type LocalQueues, openQueues } from "./queues/local-queues.ts";
import { startPoller } from "./queues/poller.ts";
import { functionsEnvironment } from "./settings/environment.ts";
import { type StackKeys, stackKeys } from "./settings/keys.ts";
import type { Settings } from "./settings/settings.ts";

export interface Stack {
  readonly baseUrl: string;
  readonly database: Database;
  readonly logFile: string;
  readonly keys: StackKeys;
  /** Undefined without the demo. */
  readonly inbox: Inbox | undefined;
  /** Invokes a function as a schedule would. */
  readonly invoke: (functionName: string) => Promise<void>;
  /** Resolves when a part has ended by itself, with a sentence that names it. */
  readonly ended: Promise<string>;
}

interface Ports {
  readonly port: number;
  readonly lambdaPort: number;
}

// For invocations outside of the schedules.
const invokeSecondsMax = 120;
const serviceFile = new URL("../serverless.yml", import.meta.url);

/** Starts all parts and adds them to `parts`, which stops them in reverse order, even after half a start. */
export async function startStack(
  parts: AsyncDisposableStack,
  settings: Settings,
  progress: Progress,
): Promise<Stack> {
  parts.use(await lockState(settings.localDir));
  const port = settings.port || (await freePort());
  await requireFreePort(port);
  const definition = await readServiceDefinition(serviceFile, settings.stage);
  const keys = await stackKeys(settings.localDir, settings.apiKeys, settings.demo);
  const inbox = settings.demo ? parts.use(await startInbox(process.env)) : undefined;

  const opening = keepForDisposal(parts, openDatabase(settings));
  const queues = await progress.step(
    "Queues",
    () => keepForDisposal(parts, openQueues(settings, definition.queues)),
    ({ endpoint }) => endpoint,
  );
  const database = await opening;
  const baseUrl = `http://localhost:${port}`;
  const ports = { port, lambdaPort: await freePort(port) };
  const logFile = join(settings.localDir, "functions.log");
  const configured = { ...(inbox && demoDays), ...process.env, ...inbox?.environment };
  const environment = functionsEnvironment(settings, configured, {
    ...ports,
    databaseUrl: database.url,
    sqsEndpoint: queues.endpoint,
    queues: queues.queues,
    apiKeys: keys.apiKeys,
    linkKeys: keys.linkKeys,
    baseUrl,
  });
  const { stage } = settings;
  const functions = parts.use(startFunctions({ port, stage, logFile, environment }));
  const databaseEnded = database.ended.then((log) => endOf("database has ended by itself", log));
  const started = Promise.all([
    startDatabase(database, settings, functions, progress),
    progress.step(
      "Functions",
      () => functions.ready,
      () => baseUrl,
    ),
  ]);
  await Promise.race([started, databaseEnded.then(fail)]);
  startPollers(parts, adaptToMachine(definition.triggers, settings), queues, ports, logFile);
  const invoke = async (functionKey: string) => {
    const functionName = `${definition.functionPrefix}${functionKey}`;
    const endpoint = `http://127.0.0.1:${ports.lambdaPort}`;
    await invokeFunction({ endpoint, functionName, timeoutSeconds: invokeSecondsMax }, "{}");
  };
  const functionsEnded = functions.ended.then(() =>
    endOf("functions have ended by themselves", logFile),
  );
  const ended = Promise.race([databaseEnded, functionsEnded]);
  return { baseUrl, database, logFile, keys, inbox, invoke, ended };
}

const endOf = (part: string, log: string) => `The ${part}: the end of ${log} says why.`;

function fail(sentence: string): never {
  throw new StartFailure(sentence);
}

/** Adds a part while it is still being opened, so that the order of disposal does not depend on timing. */
function keepForDisposal<T extends AsyncDisposable>(
  parts: AsyncDisposableStack,
  opening: Promise<T>,
): Promise<T> {
  // Its failure is handled here as well, because it may come before the caller waits for the part.
  const opened = opening.catch(() => undefined);
  parts.defer(async () => {
    const part = await opened;
    await part?.[Symbol.asyncDispose]();
  });
  return opening;
}

async function startDatabase(
  database: Database,
  { metrics }: Settings,
  functions: FunctionsServer,
  progress: Progress,
): Promise<void> {
  await progress.step(
    "Database",
    () => database.start(),
    () => database.description,
  );
  functions.setDatabaseToStop(await database.pid());
  await progress.step(
    "Schema",
    () => bringUpToDate(database.url, metrics),
    ({ migrations, tariffs }) => `${migrations.length} migrations, ${tariffs} tariffs applied`,
  );
}

/**
 * Adapts the triggers to this machine. There are no more pollers than instances, because their messages
 * would only wait for one. The batching window is shorter than the visibility timeout, because otherwise
 * messages would become visible again while they wait, and be delivered twice for ever.
 */
const adaptToMachine = (
  triggers: readonly QueueTrigger[],
  { visibilityTimeoutSeconds = Number.POSITIVE_INFINITY }: Settings,
): readonly QueueTrigger[] =>
  triggers.map((trigger) => ({
    ...trigger,
    windowSeconds: Math.min(trigger.windowSeconds, visibilityTimeoutSeconds / 5),
    concurrencyMax: Math.min(trigger.concurrencyMax, instancesMax),
  }));

function startPollers(
  parts: AsyncDisposableStack,
  triggers: readonly QueueTrigger[],
  { client, queues }: LocalQueues,
  { lambdaPort }: Ports,
  logFile: string,
): void {
  for (const trigger of triggers) {
    const queue = queues.get(trigger.queueLogicalId);
    if (!queue) throw new Error(`serverless.yml defines no queue ${trigger.queueLogicalId}`);
    parts.use(
      startPoller({
        client,
        queue,
        trigger,
        invocationEndpoint: `http://127.0.0.1:${lambdaPort}`,
        // A log that cannot be written must not end the stack.
        log: (line) => void appendFile(logFile, `${printable(line)}\n`).catch(() => {}),
      }),
    );
  }
}
