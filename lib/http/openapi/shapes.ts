import * as z from "zod/mini";

/** What is said of a schema beside what it checks; `id` makes it a schema that others refer to. */
type About = Readonly<Record<string, unknown>> & { readonly id?: string };

/** A copy of the schema, with what the description of the API says of it. */
export function about<Schema extends z.ZodMiniType>(schema: Schema, what: string | About): Schema {
  const copy = z.clone(schema);
  z.globalRegistry.add(copy, typeof what === "string" ? { description: what } : { ...what });
  return copy;
}

/** Of answers: what is written as a JSON number with all of its digits. */
export const exact = about(z.number(), {
  id: "Amount",
  description: "An exact decimal. A float keeps 15 of its digits; the source text has all.",
});

export const instant = about(z.string(), {
  id: "Instant",
  description: "RFC 3339.",
  format: "date-time",
});

/** Of the oldest routes: UTC without saying so. */
export const oldInstant = about(z.string(), {
  id: "UtcTime",
  description: "`YYYY-MM-DD HH:MM:SS` in UTC.",
  pattern: "^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d$",
});

export const coverage = about(z.enum(["full", "partial", "none"]), {
  id: "Coverage",
  description: "How much of it is measured.",
});

export const unit = about(z.nullable(z.string()), "What `METRICS_TO_BILL` says; null: nothing.");
export const count = z.int().check(z.minimum(0));

/** Credits per hour. */
export const burnRates = about(z.object({ day: exact, week: exact, month: exact }), {
  id: "BurnRates",
  description: "Credits per hour in the last day, week and month.",
});

export const shape = <Shape extends z.core.$ZodLooseShape>(id: string, fields: Shape) =>
  about(z.object(fields), { id });
