import type { DecimalText } from "../../billing/decimal.ts";
import type { PerWindow } from "../../billing/forecast.ts";

export const projectStates = ["over", "warn", "silent", "no-grant", "ok"] as const;
/** The first of these that holds. */
export type ProjectState = (typeof projectStates)[number];

export const projectSorts = [
  "urgency",
  "name",
  "used",
  "granted",
  "remaining",
  "burn_week",
  "budget_ends",
  "last_measured",
] as const;
export type ProjectSort = (typeof projectSorts)[number];

/** Which projects are looked for; null: any. */
export interface ProjectsScope {
  /** A part of the name, in small or capital letters. */
  readonly search: string | null;
  readonly site: string | null;
  /** What the caller's key is bound to. */
  readonly projects: readonly string[] | null;
  readonly ownSite: string | null;
  /** A budget that ends up to then is a warning; Unix milliseconds, as the next. */
  readonly warnUntilMs: number;
  /** A project that was measured last before this is silent. */
  readonly silentBeforeMs: number;
}

/** The place of a project in an order: a decimal or `Infinity`, and of equal ones by name. */
export interface ProjectPlace {
  readonly rank: string;
  readonly projectName: string;
}

export interface ProjectsPage {
  readonly scope: ProjectsScope;
  readonly state: ProjectState | null;
  readonly sort: ProjectSort;
  readonly isDescending: boolean;
  /** null: from the first one on. */
  readonly after: ProjectPlace | null;
  readonly limit: number;
}

/** Times in Unix milliseconds. */
export interface ListedProject extends ProjectPlace {
  readonly state: ProjectState;
  readonly usedCredits: DecimalText;
  readonly grantedCredits: DecimalText | null;
  readonly remainingCredits: DecimalText | null;
  readonly pendingCredits: DecimalText;
  /** null: it was not forecast yet. */
  readonly forecast: {
    readonly computedMs: number;
    /** Credits per hour. */
    readonly burnRates: PerWindow<DecimalText>;
    /** null: no date can be given. */
    readonly end: {
      readonly earliestMs: number;
      readonly expectedMs: number | null;
      readonly latestMs: number | null;
    } | null;
  } | null;
  readonly lastMs: number | null;
  readonly sites: readonly string[];
}

export interface ProjectsFound {
  readonly counts: {
    readonly projects: number;
    readonly over: number;
    readonly warn: number;
    readonly silent: number;
  };
  readonly projects: readonly ListedProject[];
}
