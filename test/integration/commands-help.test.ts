import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "@jest/globals";

const root = join(import.meta.dirname, "../..");
const run = (file: string, ...args: string[]) =>
  // Nothing is configured: a command that did more than tell its usage would fail.
  promisify(execFile)(process.execPath, [join(root, file), ...args], { env: {} });

test.each(["migrate", "verify", "discard", "rerate", "make-key", "notices", "acknowledge"])(
  "npm run %s tells its usage, and does nothing, when it is asked for help",
  async (name) => {
    const { stdout, stderr } = await run(`lib/commands/${name}.ts`, "--help");
    expect([stdout, stderr]).toEqual([expect.stringMatching(`^Usage: npm run ${name}\\b`), ""]);
  },
);

test.each([
  ["lib/commands/migrate.ts", /^Unknown option '--dry-run'/],
  ["localstack/reset.ts", /^npm run reset takes no arguments/],
])("%s does nothing when it is given what it does not know", async (file, message) => {
  await expect(run(file, "--dry-run")).rejects.toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringMatching(message),
  });
});
