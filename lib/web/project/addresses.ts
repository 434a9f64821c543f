import { projectAddress, standsInPath } from "../../usecases/reading/project-address.ts";
import type { ProjectPage } from "./page-data.ts";
import type { RangeName } from "./page-range.ts";

/** The addresses that a project's page links to, each with the zone and the language. */
export interface Addresses {
  page(range: RangeName): string;
  stretch(fromMs: number, untilMs: number): string;
  /** What the page's table shows, as a file. */
  file(format: "csv" | "csv-excel"): string;
  /** What a form of the page sends along, so that its answer is the same project's. */
  readonly kept: readonly (readonly [name: string, value: string])[];
}

export function addressesOf(
  { projectName, timezone, range, link }: ProjectPage,
  lang: string,
): Addresses {
  const opened: Readonly<Record<string, string>> = link === null ? {} : { link: link.token };
  const address = (query: Readonly<Record<string, string>>) =>
    projectAddress("/credits_history", projectName, { ...query, timezone, lang, ...opened });
  const instant = (ms: number) => new Date(ms).toISOString();
  const named = standsInPath(projectName) ? {} : { project_name: projectName };
  return {
    kept: Object.entries({ ...named, ...opened }),
    page: (named) => address({ range: named }),
    stretch: (fromMs, untilMs) => address({ from: instant(fromMs), until: instant(untilMs) }),
    file: (format) => {
      const [from, until] = [instant(range.fromMs), instant(range.untilMs)];
      const query = { from, until, bucket: range.bucket, timezone, format };
      return projectAddress("/api/hourly_costs", projectName, { ...query, ...opened });
    },
  };
}
