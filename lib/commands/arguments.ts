import { parseArgs } from "node:util";
import { readRfc3339 } from "../formats/read-time.ts";
import type { SeriesScope } from "../usecases/ledger/stored-series.ts";

/** The options that name series, for `Arguments.scope`. */
export const scopeOptions = ["project", "site", "metric", "resource"];

/** The command was called in a way that it does not know. */
export class UsageWrong extends Error {
  override readonly name = "UsageWrong";
}

/** The usage was asked for: no failure, and nothing is done. */
export class UsageAsked extends Error {
  override readonly name = "UsageAsked";
}

/** The arguments behind the command's name; a question that they do not answer throws `UsageWrong`. */
export class Arguments {
  readonly #values: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
  readonly #usage: string;
  /** What stands without an option, where the command takes such. */
  readonly files: readonly string[];

  /** `texts` take a value, may be given several times; `flags` take none; `--help` throws `UsageAsked`. */
  constructor(
    usage: string,
    texts: readonly string[],
    flags: readonly string[],
    args: string[],
    takesFiles = false,
  ) {
    this.#usage = usage;
    const options = {
      help: { type: "boolean" as const, short: "h" },
      ...Object.fromEntries(
        texts.map((name) => [name, { type: "string" as const, multiple: true }]),
      ),
      ...Object.fromEntries(flags.map((name) => [name, { type: "boolean" as const }])),
    };
    try {
      const { values, positionals } = parseArgs({ args, options, allowPositionals: takesFiles });
      [this.#values, this.files] = [values, positionals];
    } catch (cause) {
      throw this.wrong((cause as Error).message);
    }
    if (this.has("help")) throw new UsageAsked(usage);
  }

  wrong(message: string): UsageWrong {
    return new UsageWrong(`${message}\n\n${this.#usage}`);
  }

  has(flag: string): boolean {
    return this.#values[flag] === true;
  }

  texts(name: string): readonly string[] {
    const value = this.#values[name];
    return Array.isArray(value) ? value.map(String) : [];
  }

  text(name: string): string | null {
    const [value, ...others] = this.texts(name);
    if (others.length > 0) throw this.wrong(`--${name} is given more than once`);
    return value ?? null;
  }

  required(name: string): string {
    const value = this.text(name);
    if (value === null || value.trim() === "") throw this.wrong(`--${name} is missing`);
    return value;
  }

  /** Unix milliseconds. */
  instant(name: string): number {
    return this.toInstant(`--${name}`, this.required(name));
  }

  toInstant(place: string, text: string): number {
    const ms = readRfc3339(text);
    if (ms === undefined) {
      throw this.wrong(`${place} must be an instant such as 2026-11-23T09:00:00Z`);
    }
    return ms;
  }

  /** Which series are meant; all of a deployment never are. */
  scope(): SeriesScope {
    const scope = {
      projectName: this.text("project"),
      site: this.text("site"),
      metric: this.text("metric"),
      resource: this.text("resource"),
    };
    if (scope.projectName === null && scope.site === null) {
      throw this.wrong("--project or --site is missing");
    }
    return scope;
  }
}
