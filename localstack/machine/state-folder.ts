import { chmod, mkdir, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errorCode, StartFailure } from "./start-failure.ts";

// Project names, usage and keys are nobody else's on this machine.
export const privateFileMode = 0o600;
export const privateFolderMode = 0o700;

/**
 * Makes the folder of the state, which only its owner can look into. One that is there already may be
 * shared with others on purpose: it stays as it is, and what the stack makes in it is private.
 */
export async function makeStateFolder(path: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await mkdir(path, { mode: privateFolderMode });
  } catch (cause) {
    if (errorCode(cause) === "EEXIST") return;
    throw new StartFailure(
      `The directory ${path} cannot be made (${errorCode(cause)}): set LOCAL_DIR to one that can be written.`,
      { cause },
    );
  }
}

/** Makes a folder in it; one of an earlier version, which everybody could read, becomes private. */
export async function makePrivateFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: privateFolderMode });
  await chmod(path, privateFolderMode);
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.isFile()) await chmod(join(path, entry.name), privateFileMode);
  }
}
