import { type Discard, discardSamples } from "../../billing/discard.ts";
import { noHeldChange } from "../../billing/held-increases.ts";
import type { Sample } from "../../billing/sample.ts";
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

export interface DiscardOrder {
  readonly scope: SeriesScope;
  /** Measurements in it count as never sent. */
  readonly range: TimeRange;
  readonly actor: string;
  readonly reason: string;
}

export interface SeriesDiscard extends Discard {
  readonly series: NamedSeries;
  readonly samples: readonly Sample[];
}

/** A project's ledger within one transaction. */
export interface DiscardLedger extends StoredReader {
  /** Locks the project and reads its series in the scope. */
  lockSeries(projectName: string, scope: SeriesScope): Promise<readonly NamedSeries[]>;
  tariffs(): Promise<TariffOf>;
  /** Removes the samples, records the discard, and books what it changes. */
  discard(one: SeriesDiscard, order: DiscardOrder): Promise<void>;
}

export interface DiscardPorts {
  projectsIn(scope: SeriesScope): Promise<readonly string[]>;
  withLedger<T>(work: (ledger: DiscardLedger) => Promise<T>): Promise<T>;
}

export interface DiscardedProject {
  readonly projectName: string;
  readonly series: number;
  readonly measurements: number;
  /** At CREDITS_SCALE: what the project's used credits change by. */
  readonly credits: bigint;
}

/**
 * Discards what was measured between two instants, project by project, each in one transaction. The
 * biller refuses such measurements from then on, delivered again or for the first time. Interrupted,
 * a discard can be run again: the measurements discarded already are gone. `dryRun` only tells the
 * difference. Measurements at or before a series' floor are settled for good and stay as they are.
 */
export async function* discardMeasurements(
  order: DiscardOrder,
  ports: DiscardPorts,
  dryRun: boolean,
): AsyncGenerator<DiscardedProject> {
  for (const projectName of await ports.projectsIn(order.scope)) {
    yield await ports.withLedger((ledger) => discardProject(projectName, order, ledger, dryRun));
  }
}

async function discardProject(
  projectName: string,
  order: DiscardOrder,
  ledger: DiscardLedger,
  dryRun: boolean,
): Promise<DiscardedProject> {
  const all = await ledger.lockSeries(projectName, order.scope);
  const tariffOf = await ledger.tariffs();
  let [measurements, credits] = [0, 0n];
  for (const series of all) {
    const one = await discardSeries(series, order.range, ledger, tariffOf);
    measurements += one.samples.length;
    credits += creditsOfHours(one.hours);
    if (!dryRun) await ledger.discard(one, order);
  }
  return { projectName, series: all.length, measurements, credits };
}

async function discardSeries(
  series: NamedSeries,
  { fromMs, untilMs }: TimeRange,
  ledger: DiscardLedger,
  tariffOf: TariffOf,
): Promise<SeriesDiscard> {
  const { seriesId, state, floor } = series;
  const read = await readWindow(ledger, { seriesId, fromMs, toMs: untilMs });
  const earliestMs = Math.max(fromMs, floor === null ? fromMs : floor.timeMs + 1);
  const samples = read.filter(({ timeMs }) => timeMs >= earliestMs);
  const tariff = tariffOfSeries(tariffOf, series.metric, series);
  const inputs = tariff !== undefined && samples.length > 0 ? [{ series, tariff, samples }] : [];
  const [booked] = await bookFromStored(ledger, inputs, discardSamples);
  if (booked === undefined)
    return { series, samples: [], hours: new Map(), held: noHeldChange, state };
  return { series, samples, ...booked.booking };
}
