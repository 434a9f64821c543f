import { parseCredits } from "../../billing/credits.ts";
import { type BudgetEnd, forecastEnd, type Usage } from "../../billing/forecast.ts";

const dayMs = 86_400_000;

/** A project whose grant is known. Decimals as text. */
export interface BudgetedProject {
  readonly projectId: number;
  readonly usedCredits: string;
  readonly grantedCredits: string;
  readonly usage: Usage;
  /** That its budget ends was told; null: that may be told now. */
  readonly noticed: NoticedBudget | null;
}

/** What was told, and not armed again since. */
export interface NoticedBudget {
  /** A bigint as text. */
  readonly noticeId: string;
  /** What was granted then. */
  readonly grantedCredits: string;
}

/** What is told of a project: its budget is expected to end soon. */
export interface EndingBudget {
  readonly projectId: number;
  readonly usedCredits: string;
  readonly grantedCredits: string;
  readonly earliestMs: number;
  readonly expectedMs: number;
  readonly latestMs: number | null;
}

export interface ForecastPorts {
  /** Behind which project the last run stopped; 0: it saw all of them. */
  cursor(): Promise<number>;
  keepCursor(projectId: number): Promise<void>;
  /** Some of the projects that come next, in the order of their ids, up to an id or (null) the last. */
  projectsAfter(
    projectId: number,
    upTo: number | null,
    nowMs: number,
  ): Promise<readonly BudgetedProject[]>;
  /**
   * In one transaction: what these notices told may be told again, what ends is told where it is armed.
   * By notice and not by project, or runs that overlap would arm what the other one has just told.
   */
  write(
    rearmed: readonly string[],
    ending: readonly EndingBudget[],
    withinDays: number,
    nowMs: number,
  ): Promise<void>;
}

export interface Forecasts {
  readonly projects: number;
  readonly ending: number;
  readonly rearmed: number;
  /** False where the next run goes on. */
  readonly isFinished: boolean;
}

/**
 * Looks at every budget, beginning behind the project at which the last run stopped, and tells, once per
 * arming, which are expected to end within so many days. Armed again is what is more than twice as far
 * away, or was granted anew.
 */
export async function forecastBudgets(
  ports: ForecastPorts,
  withinDays: number,
  nowMs: number,
  shouldStop: () => boolean,
): Promise<Forecasts> {
  const counts = { projects: 0, ending: 0, rearmed: 0 };
  const start = await ports.cursor();
  let last = start;
  /** Goes on up to an id or (null) the last; false where the time is up before. */
  const look = async (upTo: number | null): Promise<boolean> => {
    while (!shouldStop()) {
      const page = await ports.projectsAfter(last, upTo, nowMs);
      if (page.length === 0) return true;
      const judged = page.map((project) => judge(project, withinDays, nowMs));
      const ends = judged.flatMap(({ ends }) => ends ?? []);
      const armed = judged.flatMap(({ rearmed }) => rearmed ?? []);
      if (ends.length + armed.length > 0) await ports.write(armed, ends, withinDays, nowMs);
      counts.projects += page.length;
      counts.ending += ends.length;
      counts.rearmed += armed.length;
      last = page.at(-1)?.projectId ?? last;
    }
    return false;
  };
  let isFinished = await look(null);
  if (isFinished && start > 0) {
    // Behind the last project come the first: a run that has time for all of them sees all of them.
    last = 0;
    isFinished = await look(start);
  }
  await ports.keepCursor(isFinished ? 0 : last);
  return { ...counts, isFinished };
}

interface Judgement {
  /** The notice of which what it told may be told again. */
  readonly rearmed: string | null;
  readonly ends: EndingBudget | null;
}

/** What one look at a budget changes. */
export function judge(project: BudgetedProject, withinDays: number, nowMs: number): Judgement {
  const { projectId, usedCredits, grantedCredits, noticed } = project;
  const credits = (decimal: string) => parseCredits(decimal);
  const remaining = credits(grantedCredits) - credits(usedCredits);
  const end = forecastEnd(project.usage, remaining, nowMs);
  const aheadMs = (end?.expectedMs ?? Number.POSITIVE_INFINITY) - nowMs;
  const isFar = remaining > 0n && aheadMs > 2 * withinDays * dayMs;
  const isGrantedAnew =
    noticed !== null && credits(noticed.grantedCredits) !== credits(grantedCredits);
  const rearmed = noticed !== null && (isFar || isGrantedAnew) ? noticed.noticeId : null;
  const isArmed = noticed === null || rearmed !== null;
  if (!isArmed || !isExpected(end) || aheadMs > withinDays * dayMs) {
    return { rearmed, ends: null };
  }
  return { rearmed, ends: { projectId, usedCredits, grantedCredits, ...end } };
}

const isExpected = (end: BudgetEnd | null): end is BudgetEnd & { readonly expectedMs: number } =>
  end?.expectedMs !== null && end !== null;
