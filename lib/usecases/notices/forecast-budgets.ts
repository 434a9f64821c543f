import { equalCredits, parseCredits } from "../../billing/credits.ts";
import type { DecimalText } from "../../billing/decimal.ts";
import {
  type BudgetEnd,
  burnRates,
  forecastEnd,
  type PerWindow,
  type Usage,
} from "../../billing/forecast.ts";
import { dayMs } from "../../billing/time.ts";
import { pagesFrom } from "../project-round.ts";

export interface BudgetedProject {
  readonly projectId: number;
  readonly usedCredits: DecimalText;
  /** null: not known yet, so that there is no end to forecast. */
  readonly grantedCredits: DecimalText | null;
  readonly usage: Usage;
  /** The notice that its budget ends, as long as that is not armed again; null: it is armed. */
  readonly noticed: NoticedBudget | null;
}

export interface NoticedBudget {
  /** A bigint as text. */
  readonly noticeId: string;
  /** The grant that the notice names. */
  readonly grantedCredits: DecimalText;
}

/** A project whose budget is expected to end soon. */
export interface EndingBudget {
  readonly projectId: number;
  readonly usedCredits: DecimalText;
  readonly grantedCredits: DecimalText;
  readonly earliestMs: number;
  readonly expectedMs: number;
  readonly latestMs: number | null;
}

/** What a list of projects shows of one until the next round. */
export interface ProjectForecast {
  readonly projectId: number;
  /** Credits per hour. */
  readonly rates: PerWindow<bigint>;
  /** null: no date can be given. */
  readonly end: BudgetEnd | null;
}

/** What a round writes of some projects. */
export interface ForecastPage {
  readonly forecasts: readonly ProjectForecast[];
  /** The notices whose reports are armed again. */
  readonly rearmed: readonly string[];
  readonly ending: readonly EndingBudget[];
}

export interface ForecastPorts {
  /** The project behind which the next run starts; 0: at the beginning. */
  cursor(): Promise<number>;
  keepCursor(projectId: number): Promise<void>;
  /** Some of the projects that come next, in the order of their ids, up to an id or (null) the last. */
  projectsAfter(
    projectId: number,
    upTo: number | null,
    nowMs: number,
  ): Promise<readonly BudgetedProject[]>;
  /**
   * In one transaction: keeps the forecasts, arms again what these notices have reported, and writes a
   * notice for each ending budget that is armed. It arms by notice and not by project: of two runs that
   * overlap, the later one would otherwise arm what the earlier one has just reported.
   */
  write(page: ForecastPage, withinDays: number, nowMs: number): Promise<void>;
}

export interface Forecasts {
  readonly projects: number;
  readonly ending: number;
  readonly rearmed: number;
  /** False where the time was up: the next run goes on. */
  readonly isFinished: boolean;
}

/**
 * Forecasts every project, starting behind the project at which the last run stopped, and writes a notice,
 * once per arming, for each that is expected to end within so many days. A budget is armed again when
 * its end is more than twice as far away, or when its grant has changed.
 */
export async function forecastBudgets(
  ports: ForecastPorts,
  withinDays: number,
  nowMs: number,
  shouldStop: () => boolean,
): Promise<Forecasts> {
  const start = await ports.cursor();
  const pageAfter = (projectId: number, upTo: number | null) =>
    ports.projectsAfter(projectId, upTo, nowMs);
  const counts = { projects: 0, ending: 0, rearmed: 0 };
  let [last, isFinished] = [start, true];
  for await (const page of pagesFrom(start, pageAfter)) {
    if (shouldStop()) {
      isFinished = false;
      break;
    }
    const decisions = page.map((project) => decide(project, withinDays, nowMs));
    const ending = decisions.flatMap((one) => one.ending ?? []);
    const rearmed = decisions.flatMap((one) => one.rearmed ?? []);
    const forecasts = decisions.map(({ forecast }) => forecast);
    await ports.write({ forecasts, rearmed, ending }, withinDays, nowMs);
    counts.projects += page.length;
    counts.ending += ending.length;
    counts.rearmed += rearmed.length;
    last = page.at(-1)?.projectId ?? last;
  }
  await ports.keepCursor(isFinished ? 0 : last);
  return { ...counts, isFinished };
}

interface Decision {
  readonly forecast: ProjectForecast;
  /** The notice whose report is armed again. */
  readonly rearmed: string | null;
  /** The budget for which a notice is written. */
  readonly ending: EndingBudget | null;
}

/** The changes that a forecast makes for one project. */
export function decide(project: BudgetedProject, withinDays: number, nowMs: number): Decision {
  const { projectId, usedCredits, grantedCredits, noticed, usage } = project;
  const rates = burnRates(usage, nowMs);
  if (grantedCredits === null) {
    return { forecast: { projectId, rates, end: null }, rearmed: null, ending: null };
  }
  const remaining = parseCredits(grantedCredits) - parseCredits(usedCredits);
  const end = forecastEnd(usage, remaining, nowMs);
  const forecast = { projectId, rates, end };
  const aheadMs = (end?.expectedMs ?? Number.POSITIVE_INFINITY) - nowMs;
  const isFar = remaining > 0n && aheadMs > 2 * withinDays * dayMs;
  const hasNewGrant = noticed !== null && !equalCredits(noticed.grantedCredits, grantedCredits);
  const rearmed = noticed !== null && (isFar || hasNewGrant) ? noticed.noticeId : null;
  const isArmed = noticed === null || rearmed !== null;
  if (!isArmed || !isExpected(end) || aheadMs > withinDays * dayMs) {
    return { forecast, rearmed, ending: null };
  }
  return { forecast, rearmed, ending: { projectId, usedCredits, grantedCredits, ...end } };
}

const isExpected = (end: BudgetEnd | null): end is BudgetEnd & { readonly expectedMs: number } =>
  end?.expectedMs !== null && end !== null;
