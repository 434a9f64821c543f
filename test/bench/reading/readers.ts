import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { Read } from "./measure-reads.ts";

const program = new URL("./reader-process.ts", import.meta.url);
const clients = 10;
/** As many as the machine that the figures are meant for has cores, which the database shares. */
const processes = 2;

export interface ReaderCommand {
  readonly read: Read;
  readonly clients: number;
  readonly seconds: number;
}

export interface ReaderAnswer {
  /** How long each answer took. */
  readonly latenciesMs: readonly number[];
  /** Processor time of the functions and their clients, without the database. */
  readonly cpuMs: number;
}

export interface Projects {
  readonly prefix: string;
  readonly projects: number;
}

/** Ten clients that ask for one project after the other, each as soon as it has its answer. */
export class Readers implements AsyncDisposable {
  readonly #children: readonly ChildProcess[];

  constructor(url: string, { prefix, projects }: Projects) {
    this.#children = Array.from({ length: processes }, () =>
      fork(program, [prefix, String(projects)], { env: { ...process.env, DATABASE_URL: url } }),
    );
  }

  async read(read: Read, seconds: number): Promise<ReaderAnswer> {
    const command: ReaderCommand = { read, clients: clients / processes, seconds };
    const answers = await Promise.all(
      this.#children.map(async (child) => {
        child.send(command);
        const [answer] = await once(child, "message");
        return answer as ReaderAnswer;
      }),
    );
    return {
      latenciesMs: answers.flatMap(({ latenciesMs }) => latenciesMs),
      cpuMs: answers.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
    };
  }

  async [Symbol.asyncDispose]() {
    await Promise.all(
      this.#children.map(async (child) => {
        const ended = once(child, "exit");
        child.kill();
        await ended;
      }),
    );
  }
}
