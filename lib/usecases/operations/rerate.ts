import type { SeriesState } from "../../billing/booking.ts";
import {
  type HeldChange,
  type HeldIncrease,
  heldDifference,
} from "../../billing/held-increases.ts";
import { difference, type HourlyCosts } from "../../billing/hourly-costs.ts";
import type { PastPrice } from "../../billing/rerate-plan.ts";
import type { TariffOf } from "../../billing/tariff-book.ts";
import { creditsOfHours, type NamedSeries, tariffOfSeries } from "../ledger/stored-series.ts";
import type { StoredReader } from "../ledger/stored-window.ts";
import { recomputeSeries } from "./recompute-series.ts";

/** The series to bill anew. Both null: all. */
export interface RerateScope {
  readonly projectName: string | null;
  readonly site: string | null;
}

export interface RerateOrder {
  readonly scope: RerateScope;
  readonly sinceMs: number;
  /** Empty: today's tariff is to hold since then. */
  readonly prices: readonly PastPrice[];
  readonly actor: string;
  readonly reason: string;
}

/** An order that would leave the ledger in contradiction to its tariffs, or that says too little. */
export class RerateRefused extends Error {
  override readonly name = "RerateRefused";
}

/**
 * Throws `RerateRefused` where the order makes no sense. A price from before `sinceMs` would hold for
 * hours that are not billed anew: from then on the ledger would not be what its tariffs say.
 */
export function checkOrder({ sinceMs, prices, actor, reason }: RerateOrder, nowMs: number): void {
  if (sinceMs > nowMs) throw new RerateRefused("a re-rating cannot begin in the future");
  for (const { metric, credits, fromMs } of prices) {
    if (fromMs < sinceMs) {
      throw new RerateRefused(`the price of ${metric} begins before the re-rating`);
    }
    if (credits < 0n) throw new RerateRefused(`the price of ${metric} is negative`);
  }
  if (actor.trim() === "") throw new RerateRefused("a re-rating needs an actor");
  if (reason.trim() === "") throw new RerateRefused("a re-rating needs a reason");
}

/** A re-rating whose tariffs are recorded; in a dry run they are only planned. */
export interface RerateRun {
  readonly rerateId: number;
  /** It was begun before, and did not come to its end. */
  readonly isResumed: boolean;
  readonly tariffs: (ledger: RerateLedger) => Promise<TariffOf>;
}

export interface SeriesRerate {
  readonly series: NamedSeries;
  readonly hours: HourlyCosts;
  readonly held: HeldChange;
  readonly state: SeriesState;
}

/** A project's ledger within one transaction. */
export interface RerateLedger extends StoredReader {
  /** Locks the project and reads its series in the scope. */
  lockSeries(projectName: string, scope: RerateScope): Promise<readonly NamedSeries[]>;
  tariffs(): Promise<TariffOf>;
  hourlyCosts(seriesId: number, fromHourMs: number): Promise<HourlyCosts>;
  /** What is held of the series from an instant on, ascending. */
  heldIncreases(seriesId: number, fromMs: number): Promise<readonly HeldIncrease[]>;
  /** Books the difference, and that the series contains the re-rating. */
  book(one: SeriesRerate, rerateId: number, order: RerateOrder): Promise<void>;
}

export interface ReratePorts {
  /** Records the tariffs of the order, or finds the run of the same order that is not finished. */
  begin(order: RerateOrder, dryRun: boolean): Promise<RerateRun>;
  /** The projects with series in the scope that do not contain the re-rating yet. */
  outstanding(scope: RerateScope, rerateId: number): Promise<readonly string[]>;
  withLedger<T>(work: (ledger: RerateLedger) => Promise<T>): Promise<T>;
  finish(rerateId: number): Promise<void>;
}

export interface ReratedProject {
  readonly projectName: string;
  readonly series: number;
  /** At CREDITS_SCALE: what the project's used credits change by. */
  readonly credits: bigint;
  /** This project is the done-th of so many that this run has to do. */
  readonly done: number;
  readonly total: number;
  readonly isResumed: boolean;
}

export interface RerateOptions {
  readonly dryRun: boolean;
  /** Asked before each project: what is left is done when the same order is given again. */
  readonly shouldStop: () => boolean;
}

/**
 * Bills the past anew. A re-rating first records its tariffs, then converts one project after the
 * other, each in one transaction under the project's lock. Its tariffs count for a series from the
 * transaction on that converts it (`tariffBook`), so at every moment, however far a run has come and
 * whatever is billed meanwhile, the ledger of every series is f of its stored samples and of the
 * tariffs that count for it: a late sample is booked by the old ones before, by the new ones after,
 * never by a mixture. The run books f minus what the ledger holds, from the date's hour on, and nothing
 * from before a floor.
 */
export async function* rerate(
  order: RerateOrder,
  ports: ReratePorts,
  { dryRun, shouldStop }: RerateOptions,
): AsyncGenerator<ReratedProject> {
  const run = await ports.begin(order, dryRun);
  const projectNames = await ports.outstanding(order.scope, run.rerateId);
  for (const [index, projectName] of projectNames.entries()) {
    if (shouldStop()) return;
    const rerated = await ports.withLedger((ledger) =>
      rerateProject(projectName, order, run, ledger, dryRun),
    );
    const [done, total] = [index + 1, projectNames.length];
    yield { projectName, ...rerated, done, total, isResumed: run.isResumed };
  }
  if (!dryRun) await ports.finish(run.rerateId);
}

async function rerateProject(
  projectName: string,
  order: RerateOrder,
  { rerateId, tariffs }: RerateRun,
  ledger: RerateLedger,
  dryRun: boolean,
): Promise<Pick<ReratedProject, "series" | "credits">> {
  const all = await ledger.lockSeries(projectName, order.scope);
  const outstanding = all.filter(({ rerateIds }) => !rerateIds.includes(rerateId));
  const tariffOf = await tariffs(ledger);
  let credits = 0n;
  for (const series of outstanding) {
    const one = await rerateSeries(ledger, series, { rerateId, tariffOf, sinceMs: order.sinceMs });
    credits += creditsOfHours(one.hours);
    if (!dryRun) await ledger.book(one, rerateId, order);
  }
  return { series: outstanding.length, credits };
}

interface SeriesRerating {
  readonly rerateId: number;
  readonly tariffOf: TariffOf;
  readonly sinceMs: number;
}

/** What the ledger of one series lacks to be f of its samples by the new tariffs. */
async function rerateSeries(
  ledger: RerateLedger,
  series: NamedSeries,
  { rerateId, tariffOf, sinceMs }: SeriesRerating,
): Promise<SeriesRerate> {
  const rerateIds = [...series.rerateIds, rerateId];
  const tariff = tariffOfSeries(tariffOf, series.metric, { ...series, rerateIds });
  if (tariff === undefined) throw new Error(`There is no tariff for ${series.metric}`);
  const derived = await recomputeSeries(ledger, series, tariff, sinceMs);
  const { seriesId } = series;
  const billed = await ledger.hourlyCosts(seriesId, derived.fromHourMs);
  const stored = await ledger.heldIncreases(seriesId, derived.heldFromMs);
  return {
    series,
    hours: difference(billed, derived.hours),
    held: heldDifference(stored, derived.held),
    state: derived.state,
  };
}
