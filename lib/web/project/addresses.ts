import type { ProjectPage } from "./page-data.ts";
import type { RangeName } from "./page-range.ts";

/** The addresses that a project's page links to, each with the zone and the language. */
export interface Addresses {
  page(range: RangeName): string;
  stretch(fromMs: number, untilMs: number): string;
  /** What the page's table shows, as a file. */
  file(format: "csv" | "csv-excel"): string;
}

export function addressesOf(
  { projectName, timezone, range }: ProjectPage,
  lang: string,
): Addresses {
  const name = encodeURIComponent(projectName);
  const address = (query: Readonly<Record<string, string>>) =>
    `/credits_history/${name}?${new URLSearchParams({ ...query, timezone, lang })}`;
  const instant = (ms: number) => new Date(ms).toISOString();
  return {
    page: (named) => address({ range: named }),
    stretch: (fromMs, untilMs) => address({ from: instant(fromMs), until: instant(untilMs) }),
    file: (format) => {
      const [from, until] = [instant(range.fromMs), instant(range.untilMs)];
      const query = { from, until, bucket: range.bucket, timezone, format };
      return `/api/hourly_costs/${name}?${new URLSearchParams(query)}`;
    },
  };
}
