import { floorAtOrBefore, type StoredWindow } from "../../billing/anchors.ts";
import { fold } from "../../billing/fold.ts";
import type { HourCost } from "../../billing/hourly-costs.ts";
import type { Sample } from "../../billing/sample.ts";
import { largestDipWindow, type Tariff } from "../../billing/tariff.ts";
import type { TariffOf } from "../../billing/tariff-book.ts";
import { hourOf } from "../../billing/time.ts";
import { fromFloor, type StoredReader } from "../ledger/book-from-stored.ts";
import type { NamedSeries } from "../ledger/stored-series.ts";

export interface Floor {
  readonly seriesId: number;
  readonly sample: Sample;
  /** What the sample's hour used up to it. */
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
  /** Drops what the database can drop as a whole, before the horizon and every floor. */
  dropBefore(horizonMs: number): Promise<number>;
  /** Deletes a bounded batch of what lies at or before its series' floor and before this instant. */
  deleteBatch(beforeMs: number): Promise<number>;
}

export interface Removal {
  readonly floorsMoved: number;
  readonly chunksDropped: number;
  readonly measurementsDeleted: number;
  /** False where the time was up: the next run goes on. */
  readonly isFinished: boolean;
}

// What lies before the horizon by less is left to the next days: by then whole chunks can be dropped,
// which costs nothing, where deleting row by row costs as much as inserting did.
const spareMs = 2 * 86_400_000;

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
  for (const projectName of await ports.projectsBefore(horizonMs)) {
    if (shouldStop()) break;
    floorsMoved += await ports.withLedger((ledger) => moveFloors(ledger, projectName, horizonMs));
  }
  const chunksDropped = await ports.dropBefore(horizonMs);
  let measurementsDeleted = 0;
  while (!shouldStop()) {
    const deleted = await ports.deleteBatch(horizonMs - spareMs);
    if (deleted === 0) break;
    measurementsDeleted += deleted;
  }
  return { floorsMoved, chunksDropped, measurementsDeleted, isFinished: !shouldStop() };
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
    const tariff = tariffOf(series.metric, series.rerateIds);
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
  const { seriesId, floor } = series;
  const found = await readToAnchor(ledger, series, tariff, horizonMs, horizonMs);
  if (found === null || found.anchor.timeMs === floor?.timeMs) return null;
  const sample = found.anchor;
  const hourMs = hourOf(sample.timeMs);
  // Up to an anchor everything is decided, so the fold of what comes before it is final.
  const before = await readToAnchor(ledger, series, tariff, hourMs, sample.timeMs);
  const samples = before?.fromAnchor ?? (await readAll(ledger, series, sample.timeMs)).stored;
  const startsAtFloor = floor !== null && samples[0]?.timeMs === floor.timeMs;
  const { hours } = fold(samples, tariff, { firstIsFloor: startsAtFloor });
  const part = hours.get(hourMs) ?? { usage: 0n, credits: 0n };
  const isSameHour = startsAtFloor && hourOf(floor.timeMs) === hourMs;
  return { seriesId, sample, part: isSameHour ? sum(part, series.floorPart) : part };
}

const sum = (part: HourCost, other: HourCost | null): HourCost => ({
  usage: part.usage + (other?.usage ?? 0n),
  credits: part.credits + (other?.credits ?? 0n),
});

const reachMs = 5 * 60_000;
const growth = 8;
const readsMax = 8;

/** The last anchor at or before an instant, and all samples from it on up to another instant. */
async function readToAnchor(
  reader: StoredReader,
  series: NamedSeries,
  tariff: Tariff,
  anchorMs: number,
  untilMs: number,
): Promise<{ readonly anchor: Sample; readonly fromAnchor: readonly Sample[] } | null> {
  let fromMs = anchorMs - largestDipWindow(tariff) - reachMs;
  for (let reads = 0; ; reads++) {
    if (reads === readsMax) fromMs = Number.NEGATIVE_INFINITY;
    const window = await readAll(reader, series, untilMs, fromMs);
    const anchor = floorAtOrBefore(window, tariff, anchorMs);
    if (anchor === null) return null;
    if (!("need" in anchor)) {
      const fromAnchor = window.stored.filter(({ timeMs }) => timeMs >= anchor.timeMs);
      return { anchor, fromAnchor };
    }
    fromMs -= reachMs * growth ** (reads + 1);
  }
}

async function readAll(
  reader: StoredReader,
  { seriesId, floor }: NamedSeries,
  toMs: number,
  fromMs = Number.NEGATIVE_INFINITY,
): Promise<Omit<StoredWindow, "reachesEnd">> {
  const request = { seriesId, fromMs: Number.isFinite(fromMs) ? fromMs : null, toMs };
  const [read = []] = await reader.readWindows([request]);
  return fromFloor(read, floor, fromMs);
}
