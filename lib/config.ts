/** Reads a variable as it is set; undefined where it is not. */
export type ReadVariable = (name: string) => string | undefined;

export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads what one part needs of the environment; throws an Error, or several in an AggregateError. */
type Readers = Readonly<Record<string, (read: ReadVariable) => unknown>>;
type Values<R extends Readers> = { [Name in keyof R]: ReturnType<R[Name]> };

/** Wrong or missing settings: the message has a line for each. */
export class ConfigurationFaulty extends Error {
  override readonly name = "ConfigurationFaulty";
}

/**
 * Runs the readers of a function once, all faults in one message. A function names the readers of the
 * parts that it uses and of no others, so that it runs without the rest.
 */
export function loadConfig<R extends Readers>(
  readers: R,
  env: Environment = process.env,
): Values<R> {
  try {
    return readAll(readers, (name) => env[name]);
  } catch (error) {
    // Two readers may read one variable.
    const messages = new Set(faultsOf(error).map(({ message }) => message));
    throw new ConfigurationFaulty([...messages].join("\n"), { cause: error });
  }
}

/** The values of all readers; the faults of all of them as one AggregateError. */
export function readAll<R extends Readers>(readers: R, read: ReadVariable): Values<R> {
  const faults: Error[] = [];
  const entries = Object.entries(readers).map(([name, reader]) => {
    try {
      return [name, reader(read)];
    } catch (error) {
      faults.push(...faultsOf(error));
      return [name, undefined];
    }
  });
  throwFaults(faults);
  return Object.fromEntries(entries);
}

/** Throws the faults as one AggregateError, where there are any. */
export function throwFaults(faults: readonly Error[]): void {
  if (faults.length > 0) throw new AggregateError(faults);
}

const faultsOf = (error: unknown): readonly Error[] =>
  error instanceof AggregateError ? error.errors : [error as Error];

/** An empty variable counts as not set: templates and compose files cannot leave one out. */
export const text = (read: ReadVariable, name: string): string | undefined =>
  read(name)?.trim() || undefined;

export function required(read: ReadVariable, name: string): string {
  const value = text(read, name);
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}

export function wholeNumber(
  read: ReadVariable,
  name: string,
  { preset, min, max }: { readonly preset: number; readonly min: number; readonly max: number },
): number {
  const number = Number(text(read, name) ?? preset);
  if (Number.isInteger(number) && number >= min && number <= max) return number;
  throw new Error(`${name} must be a whole number from ${min} to ${max}`);
}

/** Puts the variable's name in front of the faults of its value. */
export function named<T>(name: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new AggregateError(
      faultsOf(error).map((fault) => new Error(`${name}: ${fault.message}`, { cause: fault })),
    );
  }
}

/** JSON; undefined where it is none: the parser's own message would show a part of what may be secret. */
export function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** A schema of zod. */
interface Schema<T> {
  safeParse(
    input: unknown,
  ):
    | { readonly success: true; readonly data: T }
    | { readonly success: false; readonly error: { readonly issues: readonly Issue[] } };
}

/** The input as the schema reads it; throws every fault at once, each with its place below `root`. */
export function parseBy<T>(schema: Schema<T>, input: unknown, root = ""): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new AggregateError(zodFaults(parsed.error.issues, root));
}

/** A message begins with the place, `[0].scope must be …`; one with a colon of its own follows that directly. */
const zodFaults = (issues: readonly Issue[], root: string): readonly Error[] =>
  issues.map(({ path, message }) => {
    const place = path.reduce<string>(addToPlace, root);
    const between = place === "" || message.startsWith(":") ? "" : " ";
    return new Error(place + between + message);
  });

function addToPlace(place: string, part: PropertyKey): string {
  if (typeof part === "number") return `${place}[${part}]`;
  return `${place}${place && "."}${String(part) || '""'}`;
}
