import { expect, test } from "@jest/globals";
import { runProgram } from "../../support/servers/run-program.ts";

test.each([
  "migrate",
  "verify",
  "discard",
  "holds",
  "rerate",
  "make-key",
  "notices",
  "acknowledge",
  "samples",
  "verify-statement",
])("npm run %s tells its usage, and does nothing, when it is asked for help", async (name) => {
  const { stdout, stderr } = await runProgram(`lib/commands/${name}.ts`, ["--help"]);
  expect([stdout, stderr]).toEqual([expect.stringMatching(`^Usage: npm run ${name}\\b`), ""]);
});

test.each([
  ["lib/commands/migrate.ts", /^Unknown option '--dry-run'/],
  ["localstack/reset.ts", /^npm run reset takes no arguments/],
])("%s does nothing when it is given what it does not know", async (file, message) => {
  await expect(runProgram(file, ["--dry-run"])).rejects.toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringMatching(message),
  });
});

test.each([
  ["verify", []],
  ["notices", []],
  ["holds", []],
  [
    "samples",
    ["--project", "p", "--from", "2026-11-23T09:00:00Z", "--until", "2026-11-23T10:00:00Z"],
  ],
  ["acknowledge", ["--site", "8676", "--actor", "ada", "--reason", "closed"]],
])(
  "npm run %s says that it is the database that does not answer, without its password",
  async (name, args) => {
    const env = { DATABASE_URL: "postgres://credits:secret@127.0.0.1:1/credits" };
    await expect(runProgram(`lib/commands/${name}.ts`, args, env)).rejects.toMatchObject({
      code: 1,
      stdout: "",
      stderr: "the database is not available: connect ECONNREFUSED 127.0.0.1:1\n",
    });
  },
);
