import { dayMs } from "../../../lib/billing/time.ts";
import type { LimitNotice, Notice } from "../../../lib/usecases/notices/notice.ts";

const base = { id: "0b6f7f0e-6f0e-4c55-9d0c-2a1f8f3a9d11", atMs: 1_795_401_783_677.099 };

const page = "https://credits.example.org/credits_history/Genetik%20%26%20Co?link=v1.2026a.eyJw";

export const limitNotice = (fields: Partial<LimitNotice> = {}): LimitNotice => ({
  ...base,
  type: "limit.reached",
  projectName: "C",
  threshold: "50",
  usedCredits: "50",
  grantedCredits: "100",
  ...fields,
});

/** One notice of each type, with names that want to break out of whatever holds them. */
export const noticesOfEachType: readonly Notice[] = [
  limitNotice({ projectName: "Genetik & Co", page }),
  {
    ...base,
    type: "budget.ending",
    projectName: "Genetik & Co",
    page,
    usedCredits: "90.125",
    grantedCredits: "100",
    withinDays: 14,
    earliestMs: base.atMs + 2 * dayMs,
    expectedMs: base.atMs + 5 * dayMs,
    latestMs: null,
  },
  {
    ...base,
    type: "site.silent",
    site: "8676",
    silentSinceMs: base.atMs - dayMs,
    seriesCount: 20_000,
  },
  {
    ...base,
    type: "site.reporting",
    site: "",
    silentSinceMs: base.atMs - dayMs,
    seriesCount: 1,
  },
  ...(["series.silent", "series.reporting"] as const).map(
    (type): Notice => ({
      ...base,
      type,
      site: "8676",
      seriesCount: 3,
      series: ["project_vcpu_usage", "project_mb_usage"].map((metric) => ({
        projectName: "Genetik & Co",
        metric,
        resource: "5f1e<b>",
        silentSinceMs: base.atMs - dayMs,
      })),
    }),
  ),
  ...(["series.doubtful", "series.settled"] as const).map(
    (type): Notice => ({
      ...base,
      type,
      site: "8676",
      reason: "held",
      seriesCount: 2,
      doubtful: [
        {
          projectName: "Genetik & Co",
          metric: "project_vcpu_usage",
          resource: "5f1e<b>",
          detail: "1 increases of 4999.0 credits are held",
        },
      ],
    }),
  ),
  {
    ...base,
    type: "key.limited",
    keyId: "north",
    seriesCount: 20_000,
    hourMs: base.atMs - (base.atMs % 3_600_000),
  },
];
