import * as z from "zod/mini";
import { projectStates } from "../../usecases/reading/projects-list.ts";
import { about, burnRates, count, exact, instant, shape } from "./shapes.ts";

export const Accepted = shape("Accepted", {
  accepted: count,
  dropped: about(z.record(z.string(), count), "How many by reason."),
  hints: z.optional(z.array(z.unknown())),
});

export const Projects = shape("Projects", {
  as_of: instant,
  total: z.object({ projects: count, over: count, warn: count, silent: count }),
  next_cursor: z.nullable(z.string()),
  data: z.array(
    shape("ListedProject", {
      project_name: z.string(),
      state: z.enum(projectStates),
      used_credits: exact,
      granted_credits: z.nullable(exact),
      remaining_credits: z.nullable(exact),
      pending_credits: exact,
      burn_rates: z.nullable(burnRates),
      budget_ends: z.nullable(
        z.object({
          earliest: instant,
          expected: z.nullable(instant),
          latest: z.nullable(instant),
        }),
      ),
      computed_at: about(z.nullable(instant), "When rates and ends were computed."),
      last_measured: z.nullable(instant),
      sites: z.array(z.string()),
      page: z.string(),
    }),
  ),
});

export const Sites = shape("Sites", {
  as_of: instant,
  data: z.array(
    shape("Site", {
      site: z.string(),
      last_measured: z.nullable(instant),
      silent: z.boolean(),
      silent_since: z.nullable(instant),
      series: count,
      projects: count,
    }),
  ),
});

export const Prices = about(z.record(z.string(), exact), {
  id: "Prices",
  description: "Metric → credits per unit.",
});

export const Estimate = shape("Estimate", {
  credits_per_hour: exact,
  hours: about(z.nullable(exact), "Until `until`; null without it, as are the credits."),
  credits: z.nullable(exact),
  lasts_hours: about(z.nullable(exact), "How long the budget lasts; null: for ever, or no budget."),
  price_valid_from: z.nullable(instant),
  price_changes: z.array(z.object({ from: instant, credits_per_hour: exact })),
});

export const Link = shape("Link", { url: z.string(), expires_at: instant, key_id: z.string() });
export const Revocation = shape("Revocation", { project_name: z.string(), link_generation: count });

export const Grant = shape("Grant", {
  project_name: z.string(),
  granted_credits: exact,
  actor: z.string(),
  reason: z.string(),
  at: instant,
});

export const Adjustment = shape("Adjustment", {
  project_name: z.string(),
  credits: exact,
  actor: z.string(),
  reason: z.string(),
  time: instant,
});
