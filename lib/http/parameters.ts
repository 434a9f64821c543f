import type { Query } from "./range-query.ts";
import { parameterProblem } from "./stack/problem.ts";

/** The name, which must be one of these; throws a 400 problem that lists them. */
export function readOneOf<Name extends string>(
  at: string,
  text: string,
  names: readonly Name[],
): Name {
  const found = names.find((name) => name === text);
  if (found !== undefined) return found;
  throw parameterProblem(at, `${at} must be one of ${names.join(", ")}`);
}

/** A number written in digits, both bounds inclusive; throws a 400 problem that names them. */
export function readWholeNumber(at: string, text: string, least: number, most: number): number {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (least <= number && number <= most) return number;
  throw parameterProblem(at, `${at} must be a whole number from ${least} to ${most}`);
}

/** A name, or a part of one; null: none is asked for. Throws a 400 problem. */
export function readName(at: string, query: Query): string | null {
  const name = query[at] || null;
  // PostgreSQL cannot store NUL, so nothing has this name.
  if (name?.includes("\0")) throw parameterProblem(at, `${at} must not hold the character NUL`);
  return name;
}
