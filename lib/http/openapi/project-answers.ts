import * as z from "zod/mini";
import { bucketSizes } from "../hourly-costs.ts";
import {
  about,
  burnRates,
  count,
  coverage,
  exact,
  instant,
  oldInstant,
  shape,
  unit,
} from "./shapes.ts";

export const CurrentCredits = shape("CurrentCredits", {
  current_credits: about(exact, "Used so far."),
  granted_credits: about(z.nullable(exact), "null: not known."),
  pending_credits: about(exact, "Held back by a drop of a counter until it is decided."),
  held_credits: about(exact, "What implausible increases would cost, which an operator decides."),
  burn_rates: burnRates,
  budget_ends: z.nullable(
    z.object({
      earliest: oldInstant,
      expected: z.nullable(oldInstant),
      latest: z.nullable(oldInstant),
    }),
  ),
});

export const CreditsHistory = shape("CreditsHistory", {
  timestamps: z.array(oldInstant),
  credits: about(z.array(exact), "Used after each step."),
  metrics: about(z.array(z.string()), "What each step comes from; `adjustment`: booked by hand."),
});

const costs = {
  credits: about(exact, "What the usage cost, without adjustments."),
  adjustments: exact,
  by: z.array(
    shape("GroupCosts", {
      metric: z.string(),
      unit,
      site: z.optional(z.string()),
      resource: z.optional(z.string()),
      usage: exact,
      credits: exact,
    }),
  ),
};

export const HourlyCosts = shape("HourlyCosts", {
  range: z.object({
    from: instant,
    until: instant,
    timezone: z.string(),
    bucket: z.enum(bucketSizes),
    aligned: about(z.boolean(), "Whether all borders are those of UTC hours."),
  }),
  as_of: instant,
  measured_until: z.nullable(instant),
  total: about(z.object(costs), "Of the whole range, on every page."),
  previous: z.optional(z.object({ from: instant, until: instant, ...costs })),
  data: z.array(
    shape("Bucket", {
      start: instant,
      end: instant,
      coverage,
      corrected_at: z.nullable(instant),
      ...costs,
    }),
  ),
  next_cursor: z.nullable(z.string()),
});

const adjustments = z.array(
  z.object({ at: instant, credits: exact, reason: z.string(), actor: z.string() }),
);
const sample = shape("Sample", { time: instant, value: exact });
const cost = { usage: exact, credits: exact };

const ExplainedPart = shape("ExplainedPart", {
  rule: about(z.string(), "The rule of billing that was applied."),
  from: z.nullable(sample),
  through: z.optional(z.array(sample)),
  through_count: z.optional(count),
  to: sample,
  calculation: about(z.string(), "A sentence that a pocket calculator can check."),
  ...cost,
  price: z.nullable(
    z.object({
      credits: exact,
      valid_from: z.nullable(instant),
      recorded_by: z.nullable(z.string()),
    }),
  ),
});

export const ExplainedHour = shape("ExplainedHour", {
  hour: instant,
  credits: exact,
  series: z.array(
    shape("ExplainedSeries", {
      metric: z.string(),
      site: z.string(),
      resource: z.string(),
      unit,
      ...cost,
      measurements: about(z.enum(["kept", "removed"]), "Without them there are no parts."),
      parts: about(z.array(ExplainedPart), "They add up to the hour."),
      sum: z.nullable(z.object(cost)),
      pending_credits: exact,
      held: z.array(z.object({ from: instant, until: instant, ...cost })),
      corrections: z.array(
        z.object({
          at: instant,
          reason: z.string(),
          actor: z.nullable(z.string()),
          note: z.nullable(z.string()),
          from: instant,
          until: instant,
          credits_before: exact,
          credits_after: exact,
        }),
      ),
      decisions: z.array(
        z.object({
          decision: z.string(),
          from: instant,
          until: instant,
          at: instant,
          actor: z.string(),
          reason: z.string(),
        }),
      ),
    }),
  ),
  adjustments,
});

const balance = { used: exact, granted: z.nullable(exact) };
const sha256 = about(z.nullable(z.string()), "null while the month is open.");

export const Statement = shape("Statement", {
  project_name: z.string(),
  month: z.string(),
  timezone: z.string(),
  from: instant,
  until: instant,
  state: z.enum(["open", "closed"]),
  closed_at: z.nullable(instant),
  previous_sha256: z.nullable(z.string()),
  coverage,
  opening: z.object(balance),
  usage: z.array(
    z.object({
      metric: z.string(),
      unit,
      ...cost,
      by_site: z.array(z.object({ site: z.string(), ...cost })),
    }),
  ),
  corrections: z.array(
    z.object({ month: z.string(), metric: z.string(), unit, site: z.string(), ...cost }),
  ),
  adjustments,
  grants: z.array(
    z.object({ at: instant, granted_credits: exact, reason: z.string(), actor: z.string() }),
  ),
  closing: z.object({ ...balance, remaining: z.nullable(exact) }),
  sha256,
});

export const StatementList = shape("StatementList", {
  project_name: z.string(),
  timezone: z.string(),
  data: about(
    z.array(
      z.object({
        month: z.string(),
        state: z.enum(["open", "closed"]),
        closes_at: z.nullable(instant),
        used: exact,
        sha256,
        statement: about(z.string(), "Its path."),
      }),
    ),
    "The newest first.",
  ),
});
