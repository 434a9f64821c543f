import { fold } from "../../billing/fold.ts";
import { addUsageAndCredits, type HourCost } from "../../billing/hourly-costs.ts";
import type { Sample } from "../../billing/sample.ts";
import type { Tariff } from "../../billing/tariff.ts";
import type { TariffOf } from "../../billing/tariff-book.ts";
import { hourOf } from "../../billing/time.ts";
import { type NamedSeries, tariffOfSeries } from "../ledger/stored-series.ts";
import { readToAnchor, SamplesUnreadable, type StoredReader } from "../ledger/stored-window.ts";

export interface Floor {
  readonly seriesId: number;
  readonly sample: Sample;
  /** The part of the sample's hour that was used up to it. */
  readonly part: HourCost;
}

/** A project's ledger within one transaction. */
export interface RetentionLedger extends StoredReader {
  /** Locks the project and reads its series. */
  lockSeries(projectName: string): Promise<readonly NamedSeries[]>;
  tariffs(): Promise<TariffOf>;
  moveFloors(floors: readonly Floor[]): Promise<void>;
}

export interface RetentionPorts {
  /** Projects with a series that has measurements between its floor and the horizon. */
  projectsBefore(horizonMs: number): Promise<readonly string[]>;
  withLedger<T>(work: (ledger: RetentionLedger) => Promise<T>): Promise<T>;
  /** Deletes a bounded batch of segments that lie as a whole at or before their series' floor. */
  deleteBatch(): Promise<number>;
}

export interface Removal {
  readonly floorsMoved: number;
  readonly segmentsDeleted: number;
  /** Projects that have damaged samples: their floors stay, and those of all others move. */
  readonly unreadable: readonly string[];
  /** False where the time was up: the next run goes on. */
  readonly isFinished: boolean;
}

/**
 * Removes measurements that were taken before the horizon. First each series' floor moves to the last
 * anchor up to there; what is at or before a floor is never read again, so it can go at any time, in
 * batches of any size. No hour of the ledger changes.
 */
export async function removeOldMeasurements(
  ports: RetentionPorts,
  horizonMs: number,
  shouldStop: () => boolean,
): Promise<Removal> {
  let floorsMoved = 0;
  const unreadable: string[] = [];
  for (const projectName of await ports.projectsBefore(horizonMs)) {
    if (shouldStop()) break;
    try {
      floorsMoved += await ports.withLedger((ledger) => moveFloors(ledger, projectName, horizonMs));
    } catch (error) {
      if (!(error instanceof SamplesUnreadable)) throw error;
      unreadable.push(projectName);
    }
  }
  let segmentsDeleted = 0;
  while (!shouldStop()) {
    const deleted = await ports.deleteBatch();
    if (deleted === 0) break;
    segmentsDeleted += deleted;
  }
  return { floorsMoved, segmentsDeleted, unreadable, isFinished: !shouldStop() };
}

async function moveFloors(
  ledger: RetentionLedger,
  projectName: string,
  horizonMs: number,
): Promise<number> {
  const all = await ledger.lockSeries(projectName);
  const tariffOf = await ledger.tariffs();
  const floors: Floor[] = [];
  for (const series of all) {
    const tariff = tariffOfSeries(tariffOf, series.metric, series);
    const floor = tariff && (await findFloor(ledger, series, tariff, horizonMs));
    if (floor) floors.push(floor);
  }
  if (floors.length > 0) await ledger.moveFloors(floors);
  return floors.length;
}

async function findFloor(
  ledger: RetentionLedger,
  series: NamedSeries,
  tariff: Tariff,
  horizonMs: number,
): Promise<Floor | null> {
  const { seriesId, floor, floorPart } = series;
  const { anchor } = await readToAnchor(ledger, series, tariff, horizonMs, horizonMs);
  if (anchor === null || anchor.timeMs === floor?.timeMs) return null;
  const hour = hourOf(anchor.timeMs);
  // Up to an anchor everything is decided, so the fold of what comes before it is final.
  const { samples } = await readToAnchor(ledger, series, tariff, hour, anchor.timeMs);
  const startsAtFloor = floor !== null && samples[0]?.timeMs === floor.timeMs;
  const { hours } = fold(samples, tariff, { firstIsFloor: startsAtFloor });
  if (startsAtFloor && floorPart !== null && hourOf(floor.timeMs) === hour) {
    addUsageAndCredits(hours, hour, floorPart);
  }
  return { seriesId, sample: anchor, part: hours.get(hour) ?? { usage: 0n, credits: 0n } };
}
