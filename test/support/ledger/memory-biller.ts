import type { StoredWindow } from "../../../lib/billing/anchors.ts";
import {
  bookSeries,
  EMPTY_SERIES,
  type SeriesBooking,
  type SeriesState,
} from "../../../lib/billing/booking.ts";
import type { HeldIncrease } from "../../../lib/billing/held-increases.ts";
import type { GrowingHours, HourlyCosts } from "../../../lib/billing/hourly-costs.ts";
import type { SeriesKey } from "../../../lib/billing/measurement.ts";
import { type Conflict, mergeSamples } from "../../../lib/billing/merge.ts";
import type { Sample } from "../../../lib/billing/sample.ts";
import type { Tariff } from "../../../lib/billing/tariff.ts";

export interface Message {
  readonly key: SeriesKey;
  readonly sample: Sample;
}

export interface StoredSeries {
  readonly key: SeriesKey;
  samples: Sample[];
  state: SeriesState;
  readonly ledger: GrowingHours;
  readonly held: Map<number, HeldIncrease>;
  readonly conflicts: Conflict[];
}

/** A biller with maps for tables: it books as the database biller does, and counts what it reads. */
export class MemoryBiller {
  readonly series = new Map<string, StoredSeries>();
  readonly usedCredits = new Map<string, bigint>();
  readonly bookings: SeriesBooking[] = [];
  reads = 0;
  samplesRead = 0;
  readonly #tariffOf: (key: SeriesKey) => Tariff;
  readonly #firstReadSize: number;

  constructor(tariffOf: (key: SeriesKey) => Tariff, firstReadSize: number) {
    this.#tariffOf = tariffOf;
    this.#firstReadSize = firstReadSize;
  }

  deliver(batch: readonly Message[]): void {
    const groups = Map.groupBy(batch, ({ key }) => JSON.stringify(key));
    for (const [id, messages] of groups) {
      const { key } = messages[0] as Message;
      const stored = this.series.get(id) ?? emptySeries(key);
      this.series.set(id, stored);
      this.#book(
        stored,
        messages.map(({ sample }) => sample),
      );
    }
  }

  #book(series: StoredSeries, received: readonly Sample[]): void {
    const times = new Set(received.map(({ timeMs }) => timeMs));
    const known = series.samples.filter(({ timeMs }) => times.has(timeMs));
    const { changed, conflicts } = mergeSamples(known, received);
    series.conflicts.push(...conflicts);
    const booking = this.#bookGrowing(series, changed);
    series.samples = mergeSamples(series.samples, changed).samples;
    series.state = booking.state;
    addTo(series.ledger, booking.hours);
    for (const fromMs of booking.held.removedMs) series.held.delete(fromMs);
    for (const one of booking.held.added) series.held.set(one.fromMs, one);
    const { projectName } = series.key;
    const used = this.usedCredits.get(projectName) ?? 0n;
    const credits = [...booking.hours.values()].reduce((sum, hour) => sum + hour.credits, 0n);
    this.usedCredits.set(projectName, used + credits);
    this.bookings.push(booking);
  }

  #bookGrowing(series: StoredSeries, fresh: readonly Sample[]): SeriesBooking {
    const query = { state: series.state, fresh, tariff: this.#tariffOf(series.key) };
    let result = bookSeries(query);
    let [back, ahead] = [this.#firstReadSize, this.#firstReadSize];
    while ("need" in result) {
      const exactly = result.fromMs;
      const window =
        exactly === undefined
          ? this.#around(series.samples, fresh, back, ahead)
          : this.#since(series.samples, exactly);
      result = bookSeries({ ...query, window });
      if (!("need" in result)) break;
      if (exactly !== undefined) throw new Error("A read that was said to be enough was not");
      if (result.need !== "later") back *= 2;
      if (result.need !== "earlier") ahead *= 2;
      if (this.reads > 10_000) throw new Error("Reading comes to no end");
    }
    return result;
  }

  /** So many samples before the earliest fresh one, what is between, and so many after the latest. */
  #around(
    samples: readonly Sample[],
    fresh: readonly Sample[],
    back: number,
    ahead: number,
  ): StoredWindow {
    const earliestMs = fresh[0]?.timeMs ?? 0;
    const latestMs = fresh.at(-1)?.timeMs ?? 0;
    const from = Math.max(0, samples.filter(({ timeMs }) => timeMs < earliestMs).length - back);
    const until = samples.filter(({ timeMs }) => timeMs <= latestMs).length + ahead;
    return this.#read(samples, from, until);
  }

  #since(samples: readonly Sample[], fromMs: number): StoredWindow {
    const from = samples.findIndex(({ timeMs }) => timeMs >= fromMs);
    return this.#read(samples, from, samples.length);
  }

  #read(samples: readonly Sample[], from: number, until: number): StoredWindow {
    const stored = samples.slice(from, until);
    this.reads += 1;
    this.samplesRead += stored.length;
    return { stored, reachesStart: from === 0, reachesEnd: until >= samples.length };
  }
}

function emptySeries(key: SeriesKey): StoredSeries {
  return {
    key,
    samples: [],
    state: EMPTY_SERIES,
    ledger: new Map(),
    held: new Map(),
    conflicts: [],
  };
}

/** Adds a difference to a ledger, as an upsert does; what comes to nothing is no entry. */
export function addTo(ledger: GrowingHours, hours: HourlyCosts): void {
  for (const [hour, { usage, credits }] of hours) {
    const old = ledger.get(hour) ?? { usage: 0n, credits: 0n };
    const sum = { usage: old.usage + usage, credits: old.credits + credits };
    if (sum.usage === 0n && sum.credits === 0n) ledger.delete(hour);
    else ledger.set(hour, sum);
  }
}
