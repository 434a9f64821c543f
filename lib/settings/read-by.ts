import * as z from "zod/mini";

/** A schema of the value that `read` makes of the input; `rule` is the fault where it makes none. */
export const readBy = <T>(read: (input: unknown) => T | undefined, rule: string) =>
  z.transform((input: unknown, context): T => {
    const value = read(input);
    if (value !== undefined) return value;
    context.issues.push({ code: "custom", message: rule, input });
    return z.NEVER;
  });

/** The same of texts: everything else is at fault. */
export const readText = <T>(read: (text: string) => T | undefined, rule: string) =>
  readBy((input) => (typeof input === "string" ? read(input) : undefined), rule);
