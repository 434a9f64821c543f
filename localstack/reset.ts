/** `npm run reset`: removes what the local stack keeps, and nothing else that is in the directory. */
import { rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { stopLeftBehind } from "./database/embedded-postgres.ts";
import { StartFailure } from "./machine/start-failure.ts";
import { runningStack } from "./machine/state-lock.ts";
import { readSettings } from "./settings/settings.ts";

const kept = [
  "postgres",
  "postgres.unfinished",
  "database-password",
  "sqs",
  "keys.json",
  "functions.log",
  "functions.log.1",
  "compile-cache",
  "esbuild",
  "lock",
];

async function reset(): Promise<void> {
  // Whoever asks for help must not lose the state.
  if (process.argv.length > 2) {
    throw new StartFailure(
      "npm run reset takes no arguments: it clears LOCAL_DIR, by default .local.",
    );
  }
  const { localDir } = readSettings(process.env, []);
  const pid = await runningStack(localDir);
  if (pid !== undefined) {
    throw new StartFailure(`A stack is running on ${localDir} (process ${pid}): end it first.`);
  }
  await stopLeftBehind(join(localDir, "postgres"));
  for (const name of kept) await rm(join(localDir, name), { recursive: true, force: true });
  // Where something else is in it, the directory stays.
  await rmdir(localDir).catch(() => {});
  process.stdout.write(`${localDir} is cleared.\n`);
}

await reset().catch((error) => {
  process.stderr.write(`${error instanceof StartFailure ? error.message : error?.stack}\n`);
  process.exitCode = 1;
});
