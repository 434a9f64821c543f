import { availableParallelism } from "node:os";

/**
 * How many instances of a function run at once. AWS starts another one whenever none is idle. Here an
 * instance is a thread that loads the function first, and more threads than cores slow each other down
 * until requests time out.
 */
export const instancesMax = Math.max(2, Math.min(4, availableParallelism()));

const waitingMax = 1_000;

/** So many calls wait already that another one would not be answered in time. */
export class TooManyWaiting extends Error {
  override readonly name = "TooManyWaiting";
}

/** Runs a limited number of calls at once; the others wait in order of arrival. */
export class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** Throws `TooManyWaiting` if too many calls wait already. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.#take();
    try {
      return await work();
    } finally {
      this.#giveBack();
    }
  }

  #take(): Promise<void> | void {
    if (this.#free > 0) {
      this.#free--;
      return;
    }
    if (this.#waiting.length === waitingMax) {
      throw new TooManyWaiting(`${waitingMax} calls wait already`);
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #giveBack(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free++;
  }
}
