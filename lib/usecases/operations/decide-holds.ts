import type { HeldIncrease } from "../../billing/held-increases.ts";
import { type DecidedHolds, decideHolds } from "../../billing/hold-decision.ts";
import type { HoldDecision } from "../../billing/tariff.ts";
import type { TariffOf } from "../../billing/tariff-book.ts";
import { bookFromStored } from "../ledger/book-from-stored.ts";
import type { TimeRange } from "../ledger/refuse-settled.ts";
import {
  creditsOfHours,
  type NamedSeries,
  type SeriesScope,
  tariffOfSeries,
} from "../ledger/stored-series.ts";
import { readWindow, type StoredReader } from "../ledger/stored-window.ts";

export interface HoldOrder {
  readonly scope: SeriesScope;
  /** The stretch to decide on, whatever is held in it now or later; null: exactly what is held now. */
  readonly range: TimeRange | null;
  readonly isAccepted: boolean;
  readonly actor: string;
  readonly reason: string;
}

export interface SeriesDecisions extends DecidedHolds {
  readonly series: NamedSeries;
  readonly decisions: readonly HoldDecision[];
}

/** A project's ledger within one transaction. */
export interface HoldLedger extends StoredReader {
  /** Locks the project and reads its series in the scope. */
  lockSeries(projectName: string, scope: SeriesScope): Promise<readonly NamedSeries[]>;
  tariffs(): Promise<TariffOf>;
  /** What is held of the series from an instant on, ascending. */
  heldIncreases(seriesId: number, fromMs: number): Promise<readonly HeldIncrease[]>;
  /** Records the decisions, and books what they change. */
  decide(one: SeriesDecisions, order: HoldOrder): Promise<void>;
}

export interface HoldPorts {
  projectsIn(scope: SeriesScope): Promise<readonly string[]>;
  withLedger<T>(work: (ledger: HoldLedger) => Promise<T>): Promise<T>;
}

export interface DecidedProject {
  readonly projectName: string;
  /** Held increases that are open no more. */
  readonly decided: number;
  /** At CREDITS_SCALE: what the project's used credits change by. */
  readonly credits: bigint;
  /** Held increases from before a floor: nothing can be booked there any more. */
  readonly settled: number;
}

/**
 * Accepts or rejects held increases, project by project, each in one transaction. Interrupted, it can be run
 * again: what is decided already is held no more. `dryRun` only tells the difference.
 */
export async function* decideOnHolds(
  order: HoldOrder,
  ports: HoldPorts,
  dryRun: boolean,
): AsyncGenerator<DecidedProject> {
  for (const projectName of await ports.projectsIn(order.scope)) {
    yield await ports.withLedger((ledger) => decideProject(projectName, order, ledger, dryRun));
  }
}

async function decideProject(
  projectName: string,
  order: HoldOrder,
  ledger: HoldLedger,
  dryRun: boolean,
): Promise<DecidedProject> {
  const tariffOf = await ledger.tariffs();
  let [decided, settled, credits] = [0, 0, 0n];
  for (const series of await ledger.lockSeries(projectName, order.scope)) {
    const all = await ledger.heldIncreases(series.seriesId, Number.NEGATIVE_INFINITY);
    const floorMs = series.floor?.timeMs ?? Number.NEGATIVE_INFINITY;
    const held = all.filter(({ fromMs }) => fromMs >= floorMs);
    settled += all.length - held.length;
    const one = await decideSeries(series, decisionsOn(held, order), ledger, tariffOf);
    if (one === null) continue;
    decided += one.held.removedMs.length;
    credits += creditsOfHours(one.hours);
    if (!dryRun) await ledger.decide(one, order);
  }
  return { projectName, decided, settled, credits };
}

/** One decision for each stretch; held increases that follow each other are one stretch. */
function decisionsOn(
  held: readonly HeldIncrease[],
  { range, isAccepted }: HoldOrder,
): readonly HoldDecision[] {
  if (range !== null) return [{ ...range, isAccepted }];
  const decisions: HoldDecision[] = [];
  for (const { fromMs, untilMs } of held) {
    const before = decisions.at(-1);
    if (before?.untilMs === fromMs) decisions[decisions.length - 1] = { ...before, untilMs };
    else decisions.push({ fromMs, untilMs, isAccepted });
  }
  return decisions;
}

async function decideSeries(
  series: NamedSeries,
  decisions: readonly HoldDecision[],
  ledger: HoldLedger,
  tariffOf: TariffOf,
): Promise<SeriesDecisions | null> {
  const [first, last] = [decisions[0], decisions.at(-1)];
  const tariff = tariffOfSeries(tariffOf, series.metric, series);
  if (first === undefined || last === undefined || tariff === undefined) return null;
  const { seriesId, floor } = series;
  const range = { fromMs: first.fromMs, toMs: last.untilMs };
  const read = await readWindow(ledger, { seriesId, ...range });
  const earliestMs = Math.max(range.fromMs, floor === null ? range.fromMs : floor.timeMs + 1);
  const samples = read.filter(({ timeMs }) => timeMs >= earliestMs);
  if (samples.length === 0) return null;
  const [booked] = await bookFromStored(ledger, [{ series, tariff, samples }], (query) =>
    decideHolds({ ...query, decisions }),
  );
  if (booked === undefined) return null;
  const { hours, held } = booked.booking;
  const changes = hours.size + held.removedMs.length + held.added.length;
  return changes === 0 ? null : { series, decisions, hours, held };
}
