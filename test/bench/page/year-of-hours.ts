import { formatCredits, parseCredits } from "../../../lib/billing/credits.ts";
import { dayMs, hourMs } from "../../../lib/billing/time.ts";
import type { ReadProject } from "../../../lib/web/project/gather.ts";

/** A project of two metrics that used something in each hour of a year: what is read for its page. */
export function yearOfHours(): ReadProject {
  const endMs = Math.floor(Date.now() / hourMs) * hourMs;
  const beginMs = endMs - 365 * dayMs;
  const perHour = parseCredits("12.345678901234");
  let used = 0n;
  const steps = Array.from({ length: 2 * 365 * 24 }, (_, index) => {
    used += perHour;
    return {
      atMs: beginMs + (1 + (index >> 1)) * hourMs,
      metric: index % 2 === 0 ? "project_vcpu_usage" : "project_mb_usage",
      used,
    };
  });
  const inHours = (hours: number) => perHour * BigInt(2 * hours);
  return {
    projectName: "genomics",
    link: null,
    statementTimezone: "UTC",
    credits: {
      usedCredits: formatCredits(used),
      grantedCredits: formatCredits(2n * used),
      pendingCredits: "0.0",
      heldCredits: "0.0",
    },
    usage: {
      credits: { day: inHours(24), week: inHours(24 * 7), month: inHours(24 * 30) },
      firstMs: beginMs,
    },
    steps,
    sites: [{ site: "bielefeld", firstMs: beginMs, lastMs: endMs, silentSinceMs: null }],
    records: [],
    thresholds: ["50", "100"],
  };
}
