import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { printable } from "../lib/printable.ts";
import { bringUpToDate, type Database, openDatabase } from "./database/database.ts";
import { type Inbox, startInbox } from "./demo/demo-inbox.ts";
import { type FunctionsServer, startFunctions } from "./functions/functions-server.ts";
import { invokeFunction } from "./functions/invoke-function.ts";
import { type QueueTrigger, readServiceDefinition } from "./functions/service-definition.ts";
import { freePort, requireFreePort } from "./machine/ports.ts";
import { StartFailure } from "./machine/start-failure.ts";
import { lockState } from "./machine/state-lock.ts";
import type { Progress } from "./progress.ts";
import { type LocalQueues, openQueues } from "./queues/local-queues.ts";
import { startPoller } from "./queues/poller.ts";
import { instancesMax } from "./queues/slots.ts";
import { functionsEnvironment } from "./settings/environment.ts";
import { type StackKeys, stackKeys } from "./settings/keys.ts";
import type { Settings } from "./settings/settings.ts";

export interface Stack {
  readonly baseUrl: string;
  readonly database: Database;
  readonly logFile: string;
  readonly keys: StackKeys;
  /** Of the demo only. */
  readonly inbox: Inbox | undefined;
  /** Invokes a function as a schedule would. */
  readonly invoke: (functionName: string) => Promise<void>;
  /** Resolves where a part has ended by itself, with a sentence that names it. */
  readonly ended: Promise<string>;
}

interface Ports {
  readonly port: number;
  readonly lambdaPort: number;
}

// The schedules run by themselves, too: this is for who does not want to wait for them.
const invokeSecondsMax = 120;
const serviceFile = new URL("../serverless.yml", import.meta.url);

/** Starts everything and hands it to `parts`, which stops it in the opposite order, also half-way. */
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
  const ports = { port, lambdaPort: await freePort() };
  const logFile = join(settings.localDir, "functions.log");
  const given = { ...process.env, ...inbox?.environment };
  const environment = functionsEnvironment(settings, given, {
    ...ports,
    databaseUrl: database.url,
    sqsEndpoint: queues.endpoint,
    queues: queues.queues,
    apiKeys: keys.apiKeys,
  });
  const { stage } = settings;
  const functions = parts.use(startFunctions({ port, stage, logFile, environment }));
  const baseUrl = `http://localhost:${port}`;
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
  startPollers(parts, asServedHere(definition.triggers, settings), queues, ports, logFile);
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

/** What is still being opened has its place already, so that the order does not depend on who is faster. */
function keepForDisposal<T extends AsyncDisposable>(
  parts: AsyncDisposableStack,
  opening: Promise<T>,
): Promise<T> {
  // Handled here too, because it may fail before whoever needs the part waits for it.
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
  functions.stopWithParent(await database.pid());
  await progress.step(
    "Schema",
    () => bringUpToDate(database.url, metrics),
    ({ migrations, tariffs }) => `${migrations.length} migrations, ${tariffs} tariffs applied`,
  );
}

/**
 * The triggers as this machine can serve them. No more pollers than instances, because what they
 * received would wait for one; and a message that waits for its batch longer than it is invisible would
 * be delivered twice, for ever.
 */
const asServedHere = (
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
        // A log that cannot be written must not end what it tells about.
        log: (line) => void appendFile(logFile, `${printable(line)}\n`).catch(() => {}),
      }),
    );
  }
}
