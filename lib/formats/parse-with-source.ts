import { isNestedDeeper } from "./json-structure.ts";

/** Sees the text from which a primitive was parsed: not in TypeScript's library yet (ES2025). */
type Reviver = (key: string, value: unknown, context: { readonly source: string }) => unknown;

const parse = JSON.parse as (text: string, reviver: Reviver) => unknown;

/** No body and no setting of this service has more than five. */
const depthMax = 100;

/**
 * `JSON.parse` reads a number as a float64, which has 15 to 17 digits; by its source all are kept. Throws
 * `SyntaxError`, also where the text is nested so deeply that calling the reviver would exhaust the stack.
 */
export function parseWithSource(text: string, reviver: Reviver): unknown {
  if (isNestedDeeper(text, depthMax)) {
    throw new SyntaxError(`JSON nested more than ${depthMax} deep is not taken`);
  }
  return parse(text, reviver);
}
