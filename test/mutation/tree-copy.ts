import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Mutation } from "./mutation.ts";

const root = join(import.meta.dirname, "../..");

/** A copy of the working tree, in which files are changed without anybody noticing. */
export interface TreeCopy extends AsyncDisposable {
  readonly directory: string;
  /** Does the work while the mutation is in the copy. Answers undefined where its text is not there once. */
  withMutation<T>(mutation: Mutation, work: () => Promise<T>): Promise<T | undefined>;
}

/** All files that git knows or would add; the packages are those of the tree itself. */
export async function copyTree(): Promise<TreeCopy> {
  const directory = await mkdtemp(join(tmpdir(), "openstack-credits-mutation-"));
  const listed = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"];
  const { stdout } = await promisify(execFile)("git", listed, { cwd: root, maxBuffer: 2 ** 26 });
  for (const path of stdout.split("\0").filter((path) => path !== "")) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await cp(join(root, path), join(directory, path));
  }
  await symlink(join(root, "node_modules"), join(directory, "node_modules"));
  return {
    directory,
    async withMutation({ file, from, to }, work) {
      const path = join(directory, file);
      const text = await readFile(path, "utf8");
      const [before, after, ...more] = text.split(from);
      if (before === undefined || after === undefined || more.length > 0) return undefined;
      await writeFile(path, before + to + after);
      try {
        return await work();
      } finally {
        await writeFile(path, text);
      }
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}
