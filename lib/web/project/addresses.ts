import type { ProjectPage } from "./page-data.ts";
import type { RangeName } from "./page-range.ts";

/** The addresses that a project's page links to, each with the zone and the language. */
export interface Addresses {
  page(range: RangeName): string;
  stretch(fromMs: number, untilMs: number): string;
}

export function addressesOf({ projectName, timezone }: ProjectPage, lang: string): Addresses {
  const address = (query: Readonly<Record<string, string>>) =>
    `/credits_history/${encodeURIComponent(projectName)}?${new URLSearchParams({ ...query, timezone, lang })}`;
  const instant = (ms: number) => new Date(ms).toISOString();
  return {
    page: (range) => address({ range }),
    stretch: (fromMs, untilMs) => address({ from: instant(fromMs), until: instant(untilMs) }),
  };
}
