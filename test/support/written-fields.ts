import { parseWithSource } from "../../lib/formats/parse-with-source.ts";

/**
 * The fields of a JSON body as they are written there: a number with all of its digits, a text with its
 * quotes. A comparison with numbers would not see whether the body says 5, 5.0 or "5".
 */
export const writtenFields = ({ body }: { readonly body: string }): object =>
  parseWithSource(body, (_key, value, { source }) => source ?? value) as object;
