import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  makeDirectory,
  type RunningStack,
  removeDirectory,
  runStackToEnd,
  startStack,
} from "../../support/servers/stack.ts";

describe("a stack with a database and queues of its own", () => {
  let directory: string;
  let state: string;
  let stack: RunningStack;
  const environment = { DATABASE_URL: "", SQS_ENDPOINT: "" };

  beforeAll(async () => {
    directory = await makeDirectory();
    // Not there yet, so that the stack makes it.
    state = join(directory, "cloud", "state");
    stack = await startStack({ directory: state, environment });
  });

  afterAll(async () => {
    await stack?.stop();
    await removeDirectory(directory);
  });

  test("keeps its state from all other users", async () => {
    const names = await readdir(state);
    expect(names).toEqual(
      expect.arrayContaining(["functions.log", "keys.json", "postgres", "sqs"]),
    );
    const queueFiles = (await readdir(join(state, "sqs"))).map((name) => join("sqs", name));
    expect(queueFiles.length).toBeGreaterThan(0);
    for (const name of ["", ...names, ...queueFiles]) {
      const found = await stat(join(state, name));
      expect([name, (found.mode & 0o777).toString(8)]).toEqual([
        name,
        found.isDirectory() ? "700" : "600",
      ]);
    }
  });

  test("is the only one: another one says who has the state, and leaves it alone", async () => {
    const { code, stderr } = await runStackToEnd({ directory: state, environment });
    const pid = (await readFile(join(state, "pid"), "utf8")).trim();
    expect([code, stderr]).toEqual([
      1,
      `A stack is already running on ${state} (process ${pid}): end it first, or set LOCAL_DIR and PORT to run another one.\n`,
    ]);
    expect((await fetch(`${stack.baseUrl}/ping`)).status).toBe(200);
  });

  test("says that its database has ended, and ends", async () => {
    const pidFile = join(state, "postgres", "postmaster.pid");
    process.kill(Number.parseInt(await readFile(pidFile, "utf8"), 10), "SIGKILL");
    const { code, stderr } = await stack.untilEnded();
    expect([code, stderr]).toEqual([
      1,
      `The database has ended by itself: the end of ${join(state, "postgres", "server.log")} says why.\n`,
    ]);
  });
});
