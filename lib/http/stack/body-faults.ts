import type * as z from "zod/mini";
import { type FieldError, fieldsProblem } from "./problem.ts";

/** A 400 entry for one field or parameter. */
export const fieldFault = (at: string, detail: string): FieldError => ({
  at,
  code: "parameter-invalid",
  detail,
});

/** What a schema says against a body. */
export const bodyFaults = (issues: readonly z.core.$ZodIssue[]): FieldError[] =>
  issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => fieldFault(key, "remove the field: it is not known"))
      : [fieldFault(issue.path.join(".") || "body", issue.message)],
  );

/** The body as the schema reads it; throws a 400 problem that names every field at fault. */
export function parseBody<Body extends z.ZodMiniType>(schema: Body, body: unknown): z.infer<Body> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw fieldsProblem(bodyFaults(parsed.error.issues));
}
