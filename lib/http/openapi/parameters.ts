import * as z from "zod/mini";
import { projectSorts, projectStates } from "../../usecases/reading/projects-list.ts";
import { pointsMin } from "../../usecases/reading/thin-steps.ts";
import { pointsMax } from "../credits.ts";
import { bucketSizes, bucketsMax, costsFormats } from "../hourly-costs.ts";
import { projectsMax } from "../projects.ts";
import { statementFormats } from "../statements.ts";
import { about } from "./shapes.ts";

/** A parameter of the query, a part of the path, or a header. */
export interface Parameter {
  readonly schema: z.ZodMiniType;
  readonly description: string;
  readonly required?: boolean;
}
export type Parameters = Readonly<Record<string, Parameter>>;

const text = z.string();
/** Nothing is as good as leaving the parameter away. */
const choice = (names: readonly string[]) => z.enum([...names, ""]);
const wholeNumber = (least: number, most: number) =>
  z.int().check(z.minimum(least), z.maximum(most));
const oldInstant = about(z.string(), { examples: ["2026-11-23 09:00:00"] });
const optional = (schema: z.ZodMiniType, description: string): Parameter => ({
  schema,
  description,
});

export const projectName: Parameter = {
  schema: text,
  description: "The project, byte for byte.",
  required: true,
};

const timezone = optional(
  about(text, { examples: ["Europe/Berlin"] }),
  "A name of the IANA's; without it UTC.",
);
const format = (names: readonly string[]) =>
  optional(choice(names), "Without it what `Accept` says.");
const range: Parameters = {
  from: optional(
    about(text, { examples: ["2026-11-23"] }),
    "A day of the zone, RFC 3339 or Unix milliseconds, inclusive; without it 30 days before `until`.",
  ),
  until: optional(
    about(text, { examples: ["2026-11-25"] }),
    "The same, exclusive; without it now.",
  ),
  timezone,
};
const cursor = optional(text, "`next_cursor` of the page before, with the same parameters.");
const group = (what: string) => optional(text, `Only this ${what}.`);
const search = optional(text, "A part of the name, in small or capital letters.");
const language = optional(
  about(text, { examples: ["en", "de"] }),
  "Of the page; any other: what the browser prefers.",
);

export const historyQuery: Parameters = {
  start_date: optional(oldInstant, "UTC, inclusive."),
  end_date: optional(oldInstant, "UTC, inclusive."),
  points: optional(wholeNumber(pointsMin, pointsMax), "How many steps the answer has at most."),
};

export const costsQuery: Parameters = {
  ...range,
  bucket: optional(choice(bucketSizes), "Without it an hour."),
  by: optional(
    about(text, { examples: ["metric,site"], pattern: "^(metric(,site|,resource)*)?$" }),
    "What is told apart: `metric`, with `,site` or `,resource` or both behind it.",
  ),
  metric: group("metric"),
  site: group("site"),
  compare: optional(choice(["previous"]), "Adds the range before, as long by the zone's clock."),
  limit: optional(wholeNumber(1, bucketsMax), "Buckets of a page; without it 1,000."),
  cursor,
  format: format(costsFormats),
};

export const hourQuery: Parameters = {
  hour: {
    schema: about(text, { examples: ["2026-11-23T09:00:00Z"] }),
    description: "An instant in the UTC hour.",
    required: true,
  },
  metric: group("metric"),
  site: group("site"),
  resource: group("resource"),
  timezone: optional(text, "Of the page."),
};

const monthOf = (pattern: string) => about(text, { examples: ["2026-10"], pattern });
export const month: Parameter = {
  schema: monthOf("^\\d{4}-(0[1-9]|1[0-2])$"),
  description: "The month.",
  required: true,
};
export const statementQuery: Parameters = { format: format(statementFormats) };
export const statementsQuery: Parameters = {
  month: optional(monthOf("^(\\d{4}-(0[1-9]|1[0-2]))?$"), "One of the list; without it the list."),
  ...statementQuery,
};

const sorts = projectSorts.flatMap((sort) => [sort, `-${sort}`]);
export const projectsQuery: Parameters = {
  search,
  site: optional(text, "Measured there."),
  state: optional(choice(projectStates), "The first that holds."),
  sort: optional(choice(sorts), "`-`: the other way round."),
  limit: optional(wholeNumber(1, projectsMax), "Projects of a page; without it 100."),
  cursor,
};

export const pageQuery: Parameters = {
  range: optional(
    choice(["day", "week", "month", "year"]),
    "Or `from` and `until`; without them a month.",
  ),
  ...range,
  lang: language,
};
export const operatorsQuery: Parameters = { ...projectsQuery, timezone, lang: language };

export const ingestQuery: Parameters = {
  time: optional(text, "Of samples without a timestamp: RFC 3339 or Unix milliseconds."),
};
export const lineProtocolQuery: Parameters = {
  ...ingestQuery,
  precision: optional(
    about(text, { examples: ["ns", "us", "ms", "s"] }),
    "The unit of the timestamps of line protocol; without it nanoseconds.",
  ),
};

export const link = optional(text, "The token of a signed link, in place of a key.");
export const idempotencyKey = (required: boolean): Parameter => ({
  schema: about(text, { minLength: 1, maxLength: 255 }),
  description: "Stands for this request, however often it is sent.",
  required,
});
