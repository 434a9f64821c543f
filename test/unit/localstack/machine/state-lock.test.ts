import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { lockState } from "../../../../localstack/machine/state-lock.ts";

const module = new URL("../../../../localstack/machine/state-lock.ts", import.meta.url).href;

// Says what came of it, and keeps the lock until it is killed.
const program = `
  import { lockState } from ${JSON.stringify(module)};
  const kept = [];
  try {
    kept.push(await lockState(process.argv[1]));
    process.stdout.write("has the lock");
  } catch ({ message }) {
    process.stdout.write(message);
  }
  setInterval(() => kept.length, 1_000);
`;

interface Starter {
  readonly child: ChildProcess;
  readonly answer: string;
}

describe("the lock of a state folder", () => {
  let directory: string;
  let started: ChildProcess[];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "openstack-credits-lock-"));
    started = [];
  });

  afterEach(async () => {
    await Promise.all(started.map(kill));
    await rm(directory, { recursive: true, force: true });
  });

  async function start(): Promise<Starter> {
    const args = ["--input-type=module", "--eval", program, directory];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    started.push(child);
    const [answer] = await once(child.stdout, "data");
    return { child, answer: String(answer) };
  }

  async function kill(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }

  const startEight = () => Promise.all(Array.from({ length: 8 }, start));

  function expectOneWinner(starters: readonly Starter[]): ChildProcess {
    const winners = starters.filter(({ answer }) => answer === "has the lock");
    expect(winners).toHaveLength(1);
    const winner = winners[0] as Starter;
    const refused = `A stack is already running on ${directory} (process ${winner.child.pid}): end it first, or set LOCAL_DIR and PORT to run another one.`;
    const answers = starters.filter((one) => one !== winner).map(({ answer }) => answer);
    expect(answers).toEqual(Array.from({ length: 7 }, () => refused));
    return winner.child;
  }

  test("has one winner of eight that start at once, whom the others name", async () => {
    const winner = expectOneWinner(await startEight());
    // A killed stack leaves its files behind, and no lock.
    await kill(winner);
    expect(await readdir(directory)).toEqual(["lock", "pid"]);
    expectOneWinner(await startEight());
  });

  test("leaves nothing behind, and can be taken again", async () => {
    const lock = await lockState(directory);
    await expect(lockState(directory)).rejects.toThrow(`(process ${process.pid})`);
    await lock[Symbol.asyncDispose]();
    expect(await readdir(directory)).toEqual([]);
    await (await lockState(directory))[Symbol.asyncDispose]();
  });
});
