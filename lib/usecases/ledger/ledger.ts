import type { SeriesState } from "../../billing/booking.ts";
import type { BookingDoubts } from "../../billing/doubts.ts";
import type { HeldChange } from "../../billing/held-increases.ts";
import type { HourlyCosts } from "../../billing/hourly-costs.ts";
import type { Conflict } from "../../billing/merge.ts";
import type { Sample } from "../../billing/sample.ts";
import type { TariffOf } from "../../billing/tariff-book.ts";
import type { DroppedSamples } from "./dropped-samples.ts";
import type { NamedKey, ReceivedKey } from "./group-by-series.ts";
import type { RefusedSample } from "./refuse-settled.ts";
import type { StoredSeries } from "./stored-series.ts";
import type { StoredReader } from "./stored-window.ts";

/** The changes that the booking of one series makes. */
export interface SeriesChange {
  readonly series: StoredSeries;
  /** New or lowered measurements, ascending. */
  readonly samples: readonly Sample[];
  readonly conflicts: readonly Conflict[];
  readonly refused: readonly RefusedSample[];
  readonly hours: HourlyCosts;
  /** The part of `hours` that changes what was billed before. */
  readonly corrections: HourlyCosts;
  readonly held: HeldChange;
  readonly state: SeriesState;
  readonly doubts: BookingDoubts;
  /** Of the key that reported it; undefined: not known. */
  readonly keyId: string | undefined;
}

/** Instants of one series, Unix milliseconds. */
export interface TimesRequest {
  readonly seriesId: number;
  readonly timesMs: readonly number[];
}

/** The ledger within one transaction. Reads and writes may be asked for while others are under way. */
export interface Ledger extends StoredReader {
  /**
   * Creates the series that are missing, and locks the projects of all of them. First, and once. Answers
   * the names of those that are not made yet: their key has made too many in this hour.
   */
  lock(keys: readonly NamedKey[]): Promise<ReadonlySet<string>>;
  /**
   * Series that were locked, in the order of the keys; with their floors where these matter to what was
   * received.
   */
  readSeries(keys: readonly ReceivedKey[]): Promise<readonly StoredSeries[]>;
  tariffs(): Promise<TariffOf>;
  /** The stored samples at exactly these times, ascending, by series. */
  readAt(requests: readonly TimesRequest[]): Promise<ReadonlyMap<number, readonly Sample[]>>;
  /** At most once for each series. */
  write(changes: readonly SeriesChange[]): Promise<void>;
  /** Adds what the changes cost to the used credits of their projects. Last, and once. */
  bookCredits(): Promise<void>;
  /** Counts samples that were sent but not billed. */
  countDropped(dropped: readonly DroppedSamples[]): Promise<void>;
}

/** Runs the work in one transaction; all of it takes effect or nothing does. */
export type WithLedger = <T>(work: (ledger: Ledger) => Promise<T>) => Promise<T>;
