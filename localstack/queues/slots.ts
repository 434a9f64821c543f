import { availableParallelism } from "node:os";

/**
 * How many instances of a function run at once. AWS starts one for every request that finds none idle;
 * here each is a thread that has to be loaded first, and more of them than there are cores only slow
 * each other down, until requests that come faster than they are answered time out.
 */
export const instancesMax = Math.max(2, Math.min(4, availableParallelism()));

const waitingMax = 1_000;

/** More work waits than will ever be done in time. */
export class TooMuchWaiting extends Error {
  override readonly name = "TooMuchWaiting";
}

/** Runs so much work at once, and lets the rest wait its turn. */
export class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** Throws `TooMuchWaiting` where the queue is full. */
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
    if (this.#waiting.length === waitingMax) throw new TooMuchWaiting(`${waitingMax} wait already`);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #giveBack(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free++;
  }
}
