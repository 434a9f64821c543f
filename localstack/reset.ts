/** `npm run reset`: removes the state of the local stack, and nothing else that is in its folder. */
import { access, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { stopLeftBehind } from "./database/embedded-postgres.ts";
import { StartFailure } from "./machine/start-failure.ts";
import { lockState } from "./machine/state-lock.ts";
import { readSettings } from "./settings/settings.ts";

// The lock removes its own files.
const stateNames = [
  "postgres",
  "postgres.unfinished",
  "database-password",
  "sqs",
  "keys.json",
  "functions.log",
  "functions.log.1",
  "compile-cache",
  "esbuild",
];

async function reset(): Promise<void> {
  // Asking for --help must not delete the state.
  if (process.argv.length > 2) {
    throw new StartFailure(
      "npm run reset takes no arguments: it clears LOCAL_DIR, by default .local.",
    );
  }
  const { localDir } = readSettings(process.env, []);
  const exists = await access(localDir).then(
    () => true,
    () => false,
  );
  if (exists) await clear(localDir);
  process.stdout.write(`${localDir} is cleared.\n`);
}

async function clear(localDir: string): Promise<void> {
  {
    await using _lock = await lockState(localDir);
    await stopLeftBehind(join(localDir, "postgres"));
    for (const name of stateNames) await rm(join(localDir, name), { recursive: true, force: true });
  }
  // If anything else is in it, the folder stays.
  await rmdir(localDir).catch(() => {});
}

await reset().catch((error) => {
  process.stderr.write(`${error instanceof StartFailure ? error.message : error?.stack}\n`);
  process.exitCode = 1;
});
