const labelWidth = 12;

/** Writes a line for each finished step, with the seconds that it took. */
export class Progress {
  readonly #startedAt = performance.now();
  readonly #write: (line: string) => void;

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  /** Runs the step and shows its result in the words of `describe`. For a failed step only its error is shown. */
  async step<T>(label: string, run: () => Promise<T>, describe: (result: T) => string): Promise<T> {
    const startedAt = performance.now();
    const result = await run();
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(5);
    this.#write(`${seconds} s  ${label.padEnd(labelWidth)} ${describe(result)}`);
    return result;
  }

  /** Seconds since the start, one decimal place. */
  get elapsed(): string {
    return ((performance.now() - this.#startedAt) / 1000).toFixed(1);
  }
}
