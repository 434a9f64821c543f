/**
 * `npm start`: runs everything that AWS and a database server would provide on this machine, with nothing
 * installed but Node and npm.
 */
import { printable } from "../lib/printable.ts";
import { startDemo } from "./demo/demo-site.ts";
import { StartFailure } from "./machine/start-failure.ts";
import { makeStateFolder } from "./machine/state-folder.ts";
import { Progress } from "./progress.ts";
import { readSettings } from "./settings/settings.ts";
import { startStack } from "./stack.ts";
import { welcome } from "./welcome.ts";

const print = (text: string) => process.stdout.write(`${printable(text)}\n`);

/** Runs until a signal arrives or a part fails. */
async function main(parts: AsyncDisposableStack, stop: Promise<void>): Promise<number> {
  const settings = readSettings(process.env, process.argv.slice(2));
  const progress = new Progress(print);
  print("Starting OpenStack Credits on this machine.");
  await makeStateFolder(settings.localDir);
  // Files that the parts make, such as those of the queues, are private, too.
  process.umask(0o077);
  const stack = await Promise.race([startStack(parts, settings, progress), stop]);
  if (!stack) return 0;
  const { localDir, demo } = settings;
  const { baseUrl, keys } = stack;
  const shown = { ...stack, localDir, keys: keys.shown, elapsedSeconds: progress.elapsed };
  print(welcome(shown, Date.now()));
  if (demo) {
    const { ingest: ingestKey, read: readKey } = keys.demo;
    const { inbox, invoke } = stack;
    const shownReadKey = keys.shown?.read;
    parts.use(startDemo({ baseUrl, ingestKey, readKey, shownReadKey, inbox, invoke, print }));
  }
  const ended = await Promise.race([stop, stack.ended]);
  if (ended !== undefined) throw new StartFailure(ended);
  return 0;
}

/** Resolves at the first signal. Later ones are ignored, because npm repeats a Ctrl-C of the terminal. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => resolve());
    }
  });
}

function report(error: unknown): number {
  const known = error instanceof StartFailure;
  process.stderr.write(`${printable(String(known ? error.message : (error as Error)?.stack))}\n`);
  return 1;
}

const parts = new AsyncDisposableStack();
const stop = stopSignal();
void stop.then(() => print("Stopping."));
const code = await main(parts, stop).catch(report);
const stopCode = await parts.disposeAsync().then(() => 0, report);
// A connection that is still open must not keep a stopped stack alive.
process.exit(code || stopCode);
