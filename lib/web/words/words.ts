import type { CalculationWords } from "../../billing/calculation-words.ts";
import type { ExplainedRule } from "../../billing/explain-calculation.ts";
import type { HourDecision } from "../../usecases/reading/explain-hour.ts";
import type { ProjectState } from "../../usecases/reading/projects-list.ts";

interface Refusal {
  readonly title: string;
  readonly advice: string;
}

/** Every sentence of the pages, in one language. Figures come in written already. */
export interface Words {
  readonly language: string;
  readonly creditsOfProject: string;
  readonly measuredUntil: (when: string, ago: string) => string;
  readonly neverMeasured: string;
  readonly siteSilent: (site: string, since: string) => string;
  readonly timeZone: string;
  readonly show: string;

  readonly left: string;
  readonly over: string;
  readonly overBy: (credits: string) => string;
  readonly overSince: (when: string) => string;
  readonly used: string;
  readonly ofGranted: (granted: string, used: string) => string;
  readonly noGrant: (used: string) => string;
  readonly pending: (credits: string) => string;
  readonly held: (credits: string) => string;

  readonly goneAbout: string;
  readonly between: (earliest: string, latest: string) => string;
  readonly notBefore: (earliest: string) => string;
  readonly ifItGoesOn: string;
  readonly isGone: string;
  readonly noDate: string;
  readonly noDateWithoutGrant: string;
  readonly noDateWithoutUsage: string;
  readonly moreThanTenYears: string;
  readonly tooLittle: string;

  readonly nowCosts: string;
  readonly aDay: (credits: string) => string;
  readonly lastWeek: string;
  readonly moreThanBefore: (percent: string) => string;
  readonly lessThanBefore: (percent: string) => string;
  readonly sameAsBefore: string;
  readonly nothingBefore: string;

  readonly whenGone: string;
  readonly usedAgainstGranted: string;
  readonly granted: (credits: string) => string;
  readonly expected: string;
  readonly correctedHere: string;

  readonly spentOn: string;
  readonly ranges: Readonly<Record<"day" | "week" | "month" | "year", string>>;
  readonly earlier: string;
  readonly later: string;
  readonly creditsPer: Readonly<Record<"hour" | "day" | "month", string>>;
  readonly fromUntil: (from: string, until: string) => string;
  readonly nothingInRange: string;
  readonly hint: string;
  readonly incomplete: string;
  readonly noData: string;
  readonly corrected: string;
  readonly adjustments: string;
  readonly metrics: Readonly<Record<string, string>>;

  readonly table: string;
  /** What the table can be saved as. */
  readonly files: Readonly<Record<"csv" | "csv-excel", string>>;
  readonly start: string;
  readonly credits: string;
  readonly sum: string;
  readonly remarks: string;
  readonly closer: string;

  readonly whyThisMuch: string;
  readonly creditsUsed: (credits: string) => string;
  readonly rule: string;
  readonly rules: Readonly<Record<ExplainedRule, string>>;
  readonly measured: string;
  readonly calculated: string;
  readonly usage: string;
  /** Why no measurements can be shown. */
  readonly measurements: Readonly<Record<"removed" | "damaged", string>>;
  readonly calculation: CalculationWords;
  /** Since when, and from the beginning where that is null. */
  readonly price: (credits: string, since: string | null) => string;
  readonly decisions: Readonly<Record<HourDecision["decision"], string>>;

  readonly statements: string;
  readonly statement: string;
  readonly states: Readonly<Record<"open" | "closed", string>>;
  readonly entry: string;
  readonly usedBefore: string;
  readonly usedAfter: string;
  readonly correctionOf: (month: string) => string;
  readonly remaining: (credits: string) => string;

  readonly linkOpens: (until: string) => string;

  readonly records: string;
  readonly noRecords: string;
  readonly grantSet: (credits: string) => string;
  readonly adjusted: (credits: string) => string;
  readonly hoursCorrected: (before: string, after: string) => string;
  readonly by: (actor: string) => string;
  readonly reasons: Readonly<Record<string, string>>;

  readonly allProjects: string;
  readonly projectCount: (count: number) => string;
  readonly projectsOver: (count: number) => string;
  readonly projectsEnding: (count: number, days: number) => string;
  readonly projectsSilent: (count: number) => string;
  readonly allRight: string;
  readonly noProjects: string;
  readonly project: string;
  readonly projects: string;
  readonly state: string;
  readonly projectStates: Readonly<Record<ProjectState, string>>;
  readonly site: string;
  readonly sites: string;
  readonly series: string;
  readonly search: string;
  readonly any: string;
  readonly creditsADay: string;
  readonly grantedCredits: string;
  readonly further: string;
  readonly reports: string;
  readonly silentSince: (when: string) => string;

  /** For operators, who have a key. */
  readonly login: string;
  readonly key: string;
  readonly open: string;
  /** Why a page cannot be shown, by the code of the refusal; `other` for all that are not named. */
  readonly refusals: Readonly<Record<string, Refusal>> & { readonly other: Refusal };
}
