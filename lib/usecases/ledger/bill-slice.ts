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

// While the database works for one chunk, the next one is folded. Measured with 10,000 samples: chunks of
// 1,000 to 3,000 of them are equally fast, one chunk takes a third longer.
const chunkSamples = 2_000;
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

function inChunks(groups: readonly SeriesGroup[]): readonly (readonly SeriesGroup[])[] {
  const chunks: SeriesGroup[][] = [];
  let samples = chunkSamples;
  for (const group of groups) {
    if (samples >= chunkSamples) {
      chunks.push([]);
      samples = 0;
    }
    chunks.at(-1)?.push(group);
    samples += group.received.length;
  }
  return chunks;
}

async function billChunk(
  ledger: Ledger,
  groups: readonly SeriesGroup[],
  tariffOf: TariffOf,
  budget: { spent: number },
): Promise<readonly SeriesGroup[]> {
  const left: SeriesGroup[] = [];
  const merged: Merged[] = [];
  const late: Accepted[] = [];
  const seriesOf = await ledger.readSeries(groups);
  for (const group of groups) {
    const series = seriesOf.get(group.name);
    if (series === undefined) throw new Error(`series ${JSON.stringify(group.name)} is not locked`);
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

function merge({ series, tariff, accepted, refused }: Accepted, stored: readonly Sample[]): Merged {
  const { changed, conflicts } = mergeSamples(stored, accepted);
  return { series, tariff, samples: changed, conflicts, refused };
}

/** Only what is not later than the series' last measurement can be stored already. */
async function mergeWithStored(
  ledger: Ledger,
  late: readonly Accepted[],
): Promise<readonly Merged[]> {
  const stored = await ledger.readAt(
    late.map(({ series: { seriesId, state }, accepted }) => {
      const lastMs = state.last?.timeMs ?? Number.NEGATIVE_INFINITY;
      const times = accepted.map(({ timeMs }) => timeMs);
      return { seriesId, timesMs: times.filter((timeMs) => timeMs <= lastMs) };
    }),
  );
  return late.map((one) => merge(one, stored.get(one.series.seriesId) ?? []));
}

/** Leaves out the series of which nothing changes, and nothing is to be recorded. */
async function bookAll(
  ledger: Ledger,
  merged: readonly Merged[],
): Promise<readonly SeriesChange[]> {
  const changing = merged.filter(
    ({ samples, conflicts, refused }) => samples.length + conflicts.length + refused.length > 0,
  );
  const booked = await bookFromStored(ledger, changing, ({ state, tariff, samples, window }) =>
    bookSeries({ state, tariff, fresh: samples, window }),
  );
  return booked.map(({ input: { series, samples, conflicts, refused }, booking }) => {
    const { hours, corrections, state } = booking;
    return { series, samples, conflicts, refused, hours, corrections, state };
  });
}
