import { readdir } from "node:fs/promises";
import { createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { makeDirectory, removeDirectory, runStackToEnd } from "../support/servers/stack.ts";

const closedPort = 1;

describe("a stack that cannot start says in one sentence what to change, and ends with 1", () => {
  let directory: string;

  beforeEach(async () => {
    directory = await makeDirectory();
  });

  afterEach(async () => {
    await removeDirectory(directory);
  });

  const fail = async (environment: Readonly<Record<string, string>>, args?: readonly string[]) => {
    const { code, stderr } = await runStackToEnd({ directory, environment, args: args ?? [] });
    // No lock is left behind that the next start would trip over.
    expect(await readdir(directory)).not.toContain("lock");
    expect([code, stderr.trim().split("\n").length]).toEqual([1, 1]);
    return stderr;
  };

  test("when the port is in use", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    try {
      expect(await fail({ PORT: String(port) })).toBe(
        `Port ${port} is in use by another program: end it, or choose another port, for example PORT=${port + 1} npm start.\n`,
      );
    } finally {
      server.close();
    }
  });

  test("when settings are at fault, all of them at once", async () => {
    const stderr = await fail({ PORT: "http", SQS_ENDPOINT: "localhost:4566" });
    expect(stderr).toBe(
      "Change the environment: PORT must be a whole number from 0 to 65535; SQS_ENDPOINT must begin with http://.\n",
    );
  });

  test("when settings of the functions are at fault", async () => {
    const stderr = await fail({ METRICS_TO_BILL: '{"project_vcpu_usage":-1}', API_KEYS: "[{}]" });
    expect(stderr).toMatch(/^Change the environment: API_KEYS: .*METRICS_TO_BILL: .*\.\n$/);
  });

  test("when measurements would be removed before the last late one may come", async () => {
    expect(await fail({ LATE_DAYS: "60", KEEP_DAYS: "45" })).toBe(
      "Change the environment: KEEP_DAYS is 45, but must be at least LATE_DAYS + 28, which is 88.\n",
    );
  });

  test("when the given database does not answer", async () => {
    const DATABASE_URL = `postgres://somebody:secret@127.0.0.1:${closedPort}/credits`;
    expect(await fail({ DATABASE_URL })).toBe(
      `The database credits at 127.0.0.1:${closedPort} cannot be used (ECONNREFUSED): start it or correct DATABASE_URL or POSTGRES_*, or unset them to use the embedded one.\n`,
    );
  });

  test("when the given queue server does not answer", async () => {
    const SQS_ENDPOINT = `http://127.0.0.1:${closedPort}`;
    expect(await fail({ SQS_ENDPOINT })).toBe(
      `The queues at ${SQS_ENDPOINT} cannot be made or used (ECONNREFUSED): start the server or correct SQS_ENDPOINT, or unset it to use the embedded one.\n`,
    );
  });

  test("when an argument is unknown", async () => {
    expect(await fail({}, ["--dmeo"])).toBe("Unknown argument --dmeo: there is only --demo.\n");
  });
});
