import { chmod, mkdir, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errorCode, StartFailure } from "./start-failure.ts";

// Other users of this machine must not read project names, usage and keys.
export const privateFileMode = 0o600;
export const privateFolderMode = 0o700;

/**
 * Makes the folder of the state, readable by its owner only. An existing folder may be shared on purpose,
 * so its mode stays; the files in it are private all the same.
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

/** Makes a private folder. One that an earlier version made readable by everybody becomes private. */
export async function makePrivateFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: privateFolderMode });
  await chmod(path, privateFolderMode);
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.isFile()) await chmod(join(path, entry.name), privateFileMode);
  }
}
