import { projectAddress, standsInPath } from "../../usecases/reading/project-address.ts";
import type { Opened } from "./opened.ts";
import type { ProjectPage } from "./page-data.ts";
import type { RangeName } from "./page-range.ts";

/** The addresses that a project's page links to, each with the zone and the language. */
export interface Addresses {
  page(range: RangeName): string;
  stretch(fromMs: number, untilMs: number): string;
  /** Why an hour cost what it did. */
  hour(startMs: number): string;
  /** `2026-10` */
  statement(month: string): string;
  /** What the page's table shows, as a file. */
  file(format: "csv" | "csv-excel"): string;
  /** What a form of the page sends along, so that its answer is the same project's. */
  readonly kept: readonly (readonly [name: string, value: string])[];
}

type Query = Readonly<Record<string, string>>;

const handedOn = ({ link }: Opened): Query => (link === null ? {} : { link: link.token });

/** A page of the project: whoever opened one by a link opens the others by it, too. */
export const addressOf = (opened: Opened, route: string, query: Query): string =>
  projectAddress(route, opened.projectName, { ...query, ...handedOn(opened) });

const pageRoute = "/credits_history";

export const addressOfPage = (opened: Opened, query: Query): string =>
  addressOf(opened, pageRoute, query);

export function addressesOf(page: ProjectPage, lang: string): Addresses {
  const { projectName, timezone, range } = page;
  const named: Query = standsInPath(projectName) ? {} : { project_name: projectName };
  const own = (query: Query) => addressOfPage(page, { ...query, timezone, lang });
  const instant = (ms: number) => new Date(ms).toISOString();
  return {
    kept: Object.entries({ ...named, ...handedOn(page) }),
    page: (name) => own({ range: name }),
    stretch: (fromMs, untilMs) => own({ from: instant(fromMs), until: instant(untilMs) }),
    hour: (startMs) => addressOf(page, "/api/explain", { hour: instant(startMs), timezone, lang }),
    statement: (month) => addressOf(page, "/api/statements", { month, lang }),
    file: (format) => {
      const [from, until] = [instant(range.fromMs), instant(range.untilMs)];
      const query = { from, until, bucket: range.bucket, timezone, format };
      return addressOf(page, "/api/hourly_costs", query);
    },
  };
}
