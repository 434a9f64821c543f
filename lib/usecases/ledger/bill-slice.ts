import { bookSeries } from "../../billing/booking.ts";
import { type Conflict, mergeSamples } from "../../billing/merge.ts";
import type { Sample } from "../../billing/sample.ts";
import { largestDipWindow, type Tariff } from "../../billing/tariff.ts";
import type { TariffOf } from "../../billing/tariff-book.ts";
import { hourMs } from "../../billing/time.ts";
import {
  bookFromStored,
  initialReach,
  type ReadStretch,
  readStretches,
} from "./book-from-stored.ts";
import type { SeriesGroup } from "./group-by-series.ts";
import type { Ledger, SeriesChange } from "./ledger.ts";
import { type RefusedSample, refuseSettled } from "./refuse-settled.ts";
import { type StoredSeries, tariffOfSeries } from "./stored-series.ts";
import { sliceWorkMax, workOf } from "./work.ts";

/** The database has no tariff for an accepted metric yet: it comes with the next migration. */
export class TariffMissing extends Error {
  override readonly name = "TariffMissing";
}

// While the database works for some chunks, another one is folded. A series itself costs as much as four
// samples of it. Measured with 10,000 samples, of 400 series and of as many: chunks of 3,000 are fastest by a
// little, one chunk takes a half longer.
const chunkWork = 3_000;
const workOfSeries = 4;
const chunksAtWork = 4;
// A few samples without a gap of a day. More is left for another slice where this one has enough.
const lightWork = 9;

export interface BilledSlice {
  /** Groups that are left for another slice: the gaps that they close would make this one too large. */
  readonly left: readonly SeriesGroup[];
  /** Groups of new series for which it is too early. */
  readonly waiting: readonly SeriesGroup[];
  /** False: all samples that it was given had been billed before, or are refused. */
  readonly hasChanged: boolean;
}

type BilledChunk = Omit<BilledSlice, "waiting">;

/**
 * Bills groups in one transaction: books `f(stored ∪ new) − f(stored)` per series and hour. It bills at
 * least one of them, and all that are light.
 */
export async function billSlice(
  ledger: Ledger,
  groups: readonly SeriesGroup[],
): Promise<BilledSlice> {
  const early = await ledger.lock(groups);
  const tariffOf = await ledger.tariffs();
  const budget = { spent: 0 };
  const chunks = inChunks(groups.filter(({ name }) => !early.has(name))).values();
  const slices: BilledChunk[] = [];
  const works = Array.from({ length: chunksAtWork }, async () => {
    for (const chunk of chunks) slices.push(await billChunk(ledger, chunk, tariffOf, budget));
  });
  const billed = Promise.all(works);
  // The transaction must not end while a chunk is at work; the first failure is the cause of the others.
  await Promise.allSettled(works);
  await billed;
  await ledger.bookCredits();
  return {
    left: slices.flatMap(({ left }) => left),
    waiting: groups.filter(({ name }) => early.has(name)),
    hasChanged: slices.some(({ hasChanged }) => hasChanged),
  };
}

function inChunks(groups: readonly SeriesGroup[]): readonly (readonly SeriesGroup[])[] {
  const chunks: SeriesGroup[][] = [];
  let work = chunkWork;
  for (const group of groups) {
    if (work >= chunkWork) {
      chunks.push([]);
      work = 0;
    }
    chunks.at(-1)?.push(group);
    work += workOfSeries + group.received.length;
  }
  return chunks;
}

async function billChunk(
  ledger: Ledger,
  groups: readonly SeriesGroup[],
  tariffOf: TariffOf,
  budget: { spent: number },
): Promise<BilledChunk> {
  const left: SeriesGroup[] = [];
  const merged: Merged[] = [];
  const late: Accepted[] = [];
  const stored = await ledger.readSeries(groups);
  for (const [place, group] of groups.entries()) {
    const series = stored[place] as StoredSeries;
    const work = workOf(group.received, series.state.last?.timeMs ?? null);
    if (work > lightWork && budget.spent > 0 && budget.spent + work > sliceWorkMax) {
      left.push(group);
      continue;
    }
    budget.spent += work;
    const accepted = accept(group, series, tariffOf);
    if (group.earliestMs <= (series.state.last?.timeMs ?? Number.NEGATIVE_INFINITY)) {
      late.push(accepted);
    } else merged.push(merge(accepted, []));
  }
  if (late.length > 0) merged.push(...(await mergeWithStored(ledger, late)));
  const changes = await bookAll(ledger, merged);
  if (changes.length > 0) await ledger.write(changes);
  return { left, hasChanged: changes.some(({ samples }) => samples.length > 0) };
}

/** A group without the samples that are settled. */
interface Accepted {
  readonly keyId: string | undefined;
  readonly series: StoredSeries;
  readonly tariff: Tariff;
  readonly accepted: readonly Sample[];
  readonly refused: readonly RefusedSample[];
}

function accept(
  { key, keyId, received }: SeriesGroup,
  series: StoredSeries,
  tariffOf: TariffOf,
): Accepted {
  const tariff = tariffOfSeries(tariffOf, key.metric, series);
  if (tariff === undefined) throw new TariffMissing(`There is no tariff for ${key.metric}`);
  const { accepted, refused } = refuseSettled(received, series);
  return { keyId, series, tariff, accepted, refused };
}

/** The samples that make a difference. */
interface Merged {
  readonly keyId: string | undefined;
  readonly series: StoredSeries;
  readonly tariff: Tariff;
  readonly samples: readonly Sample[];
  readonly conflicts: readonly Conflict[];
  readonly refused: readonly RefusedSample[];
  /** The stretch that was read to see which of them are late. */
  readonly read: ReadStretch | undefined;
}

function merge(
  { keyId, series, tariff, accepted, refused }: Accepted,
  stored: readonly Sample[],
  read?: ReadStretch,
): Merged {
  const { changed, conflicts } = mergeSamples(stored, accepted);
  return { keyId, series, tariff, samples: changed, conflicts, refused, read };
}

async function mergeWithStored(
  ledger: Ledger,
  late: readonly Accepted[],
): Promise<readonly Merged[]> {
  const near = late.filter(isNear);
  const far = late.filter((one) => !isNear(one));
  return [
    ...(near.length > 0 ? await mergeNear(ledger, near) : []),
    ...(far.length > 0 ? await mergeFar(ledger, far) : []),
  ];
}

// A few segments of scrapes each minute, which cost little to read.
const nearMs = 6 * hourMs;

const isNear = ({ accepted, tariff }: Accepted): boolean =>
  latestMs(accepted) - earliestMs(accepted) + largestDipWindow(tariff) <= nearMs;

const earliestMs = (samples: readonly Sample[]): number =>
  samples.reduce((earliest, { timeMs }) => Math.min(earliest, timeMs), Number.POSITIVE_INFINITY);

const latestMs = (samples: readonly Sample[]): number =>
  samples.reduce((latest, { timeMs }) => Math.max(latest, timeMs), Number.NEGATIVE_INFINITY);

/** Late samples that lie together: one read tells what is stored there, and is enough to book them. */
async function mergeNear(ledger: Ledger, near: readonly Accepted[]): Promise<readonly Merged[]> {
  const wanted = near.map((input) => {
    const ascending = input.accepted.toSorted((a, b) => a.timeMs - b.timeMs);
    return { input, reach: initialReach(ascending, input.tariff) };
  });
  const stretches = await readStretches(ledger, wanted);
  return stretches.map(({ input, read }) => merge(input, read.window.stored, read));
}

/** Only what is not later than the series' last measurement can be stored already. */
async function mergeFar(ledger: Ledger, far: readonly Accepted[]): Promise<readonly Merged[]> {
  const stored = await ledger.readAt(
    far.map(({ series: { seriesId, state }, accepted }) => {
      const lastMs = state.last?.timeMs ?? Number.NEGATIVE_INFINITY;
      const times = accepted.map(({ timeMs }) => timeMs);
      return { seriesId, timesMs: times.filter((timeMs) => timeMs <= lastMs) };
    }),
  );
  return far.map((one) => merge(one, stored.get(one.series.seriesId) ?? []));
}

/** Leaves out the series of which nothing changes, and nothing is to be recorded. */
async function bookAll(
  ledger: Ledger,
  merged: readonly Merged[],
): Promise<readonly SeriesChange[]> {
  const changing = merged.filter(
    ({ samples, conflicts, refused }) => samples.length + conflicts.length + refused.length > 0,
  );
  const booked = await bookFromStored(
    ledger,
    changing,
    ({ state, tariff, samples, window }, { series: { traits } }) =>
      bookSeries({ state, tariff, fresh: samples, window, largestPace: traits?.largestPace ?? 0 }),
  );
  return booked.map(({ input: { keyId, series, samples, conflicts, refused }, booking }) => ({
    keyId,
    series,
    samples,
    conflicts,
    refused,
    hours: booking.hours,
    corrections: booking.corrections,
    held: booking.held,
    state: booking.state,
    doubts: booking.doubts,
  }));
}
