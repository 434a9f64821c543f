import { bookSeries } from "../../billing/booking.ts";
import { type Conflict, mergeSamples } from "../../billing/merge.ts";
import type { Sample } from "../../billing/sample.ts";
import type { Tariff } from "../../billing/tariff.ts";
import type { TariffOf } from "../../billing/tariff-book.ts";
import { bookFromStored } from "./book-from-stored.ts";
import type { SeriesGroup } from "./group-by-series.ts";
import type { Ledger, SeriesChange } from "./ledger.ts";
import { type RefusedSample, refuseSettled } from "./refuse-settled.ts";
import type { StoredSeries } from "./stored-series.ts";
import { sliceWorkMax, workOf } from "./work.ts";

/** The database has no tariff for an accepted metric yet: it comes with the next migration. */
export class TariffMissing extends Error {
  override readonly name = "TariffMissing";
}

// While the database works for one chunk, the next one is folded. Measured with 10,000 series of one sample
// each: chunks of 1,000 to 3,000 are equally fast, one chunk takes a third longer.
const chunkSize = 2_000;
// Of a scrape, even after an hour without one. More is left for another slice where this one has enough.
const lightWork = 20;

/**
 * Bills groups in one transaction: books `f(stored ∪ new) − f(stored)` per series and hour. Answers those
 * that it left for another slice, because the gaps that they close would make this one too large: it bills
 * at least one of them, and all that are light.
 */
export async function billSlice(
  ledger: Ledger,
  groups: readonly SeriesGroup[],
): Promise<readonly SeriesGroup[]> {
  await ledger.lock(groups);
  const tariffOf = await ledger.tariffs();
  const budget = { spent: 0 };
  const chunks = inChunks(groups).map((chunk) => billChunk(ledger, chunk, tariffOf, budget));
  const billed = Promise.all(chunks);
  // The transaction must not end while a chunk is at work; the first failure is the cause of the others.
  await Promise.allSettled(chunks);
  const left = (await billed).flat();
  await ledger.bookCredits();
  return left;
}

const inChunks = (groups: readonly SeriesGroup[]) =>
  Array.from({ length: Math.ceil(groups.length / chunkSize) }, (_, index) =>
    groups.slice(index * chunkSize, (index + 1) * chunkSize),
  );

async function billChunk(
  ledger: Ledger,
  groups: readonly SeriesGroup[],
  tariffOf: TariffOf,
  budget: { spent: number },
): Promise<readonly SeriesGroup[]> {
  const left: SeriesGroup[] = [];
  const accepted: Accepted[] = [];
  const seriesOf = await ledger.readSeries(groups);
  for (const group of groups) {
    const series = seriesOf.get(group.name);
    if (series === undefined) throw new Error(`series ${JSON.stringify(group.key)} is not locked`);
    const work = workOf(group.received, series.state.last?.timeMs ?? null);
    if (work > lightWork && budget.spent > 0 && budget.spent + work > sliceWorkMax) {
      left.push(group);
    } else {
      budget.spent += work;
      accepted.push(accept(group, series, tariffOf));
    }
  }
  const changes = await bookAll(ledger, accepted);
  if (changes.length > 0) await ledger.write(changes);
  return left;
}

/** What is to be billed of a group. */
interface Accepted {
  readonly series: StoredSeries;
  readonly tariff: Tariff;
  readonly accepted: readonly Sample[];
  readonly refused: readonly RefusedSample[];
}

function accept(
  { key, received }: SeriesGroup,
  series: StoredSeries,
  tariffOf: TariffOf,
): Accepted {
  const tariff = tariffOf(key.metric, series.rerateIds);
  if (tariff === undefined) throw new TariffMissing(`There is no tariff for ${key.metric}`);
  const { accepted, refused } = refuseSettled(received, series);
  return { series, tariff, accepted, refused };
}

/** The samples that make a difference. */
interface Merged {
  readonly series: StoredSeries;
  readonly tariff: Tariff;
  readonly samples: readonly Sample[];
  readonly conflicts: readonly Conflict[];
  readonly refused: readonly RefusedSample[];
}

async function bookAll(
  ledger: Ledger,
  accepted: readonly Accepted[],
): Promise<readonly SeriesChange[]> {
  const merged = await mergeWithStored(ledger, accepted);
  const booked = await bookFromStored(ledger, merged, ({ state, tariff, samples, window }) =>
    bookSeries({ state, tariff, fresh: samples, window }),
  );
  return booked.map(({ input: { series, samples, conflicts, refused }, booking }) => {
    const { hours, corrections, state } = booking;
    return { series, samples, conflicts, refused, hours, corrections, state };
  });
}

/** Leaves out the series of which nothing changes, and nothing is to be recorded. */
async function mergeWithStored(
  ledger: Ledger,
  all: readonly Accepted[],
): Promise<readonly Merged[]> {
  const requests = all.flatMap(({ series, accepted }) => {
    const timesMs = timesNotNew(accepted, series);
    return timesMs.length > 0 ? [{ seriesId: series.seriesId, timesMs }] : [];
  });
  const stored = requests.length > 0 ? await ledger.readAt(requests) : new Map<number, Sample[]>();
  const merged: Merged[] = [];
  for (const { series, tariff, accepted, refused } of all) {
    const { changed, conflicts } = mergeSamples(stored.get(series.seriesId) ?? [], accepted);
    if (changed.length + conflicts.length + refused.length === 0) continue;
    merged.push({ series, tariff, samples: changed, conflicts, refused });
  }
  return merged;
}

/** Only what is not later than the series' last measurement can be stored already. */
function timesNotNew(
  accepted: readonly Sample[],
  { state: { last } }: StoredSeries,
): readonly number[] {
  if (last === null) return [];
  return accepted.filter(({ timeMs }) => timeMs <= last.timeMs).map(({ timeMs }) => timeMs);
}
