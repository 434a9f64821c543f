import type pg from "pg";
import type { Sample } from "../../billing/sample.ts";
import type { NamedKey, ReceivedKey } from "../../usecases/ledger/group-by-series.ts";
import type { StoredSeries, Traits } from "../../usecases/ledger/stored-series.ts";
import { type Head, readDrops, sampleOrNull, toHead } from "./heads.ts";
import { takeNewSeries } from "./new-series.ts";
import { insertProjects } from "./queries/insert-projects.ts";
import { insertSeries } from "./queries/insert-series.ts";
import { lockProjects } from "./queries/lock-projects.ts";
import { selectFloors } from "./queries/select-floors.ts";
import { selectHeads } from "./queries/select-heads.ts";
import { selectRerated } from "./queries/select-rerated.ts";
import { selectSeriesIds } from "./queries/select-series-ids.ts";
import { selectTraits } from "./queries/select-traits.ts";
import { noRulings, type RulingsOf, readRulings } from "./rulings.ts";

/** What is known of series, by their names. */
export type KnownSeries = Map<string, Ids>;

interface Ids {
  readonly seriesId: number;
  readonly projectId: number;
  /** undefined: not read yet. Another biller may have written others since. */
  traits?: Traits;
}

/**
 * The ids and traits of series by their names, for each connection: a series keeps its id for ever, and a
 * database that was restored from a backup has closed its connections.
 */
let knownSeries = new WeakMap<pg.ClientBase, KnownSeries>();
// About 60 MB; a biller that meets more series than this looks them up again.
const knownSeriesMax = 200_000;

/** A series is not stored under the id that was known: somebody has deleted its project by hand. */
export class SeriesGone extends Error {
  override readonly name = "SeriesGone";
}

/** The series of one transaction, whose projects are locked, and their heads as they were read. */
export class LockedSeries {
  readonly #client: pg.ClientBase;
  readonly #known: KnownSeries;
  readonly #newSeriesPerHour: number;
  readonly #ids: KnownSeries = new Map();
  readonly #heads = new Map<number, Head>();
  /** Of series whose traits were read, or have changed. */
  readonly #traits = new Map<number, Traits>();
  #rerateIds: ReadonlyMap<number, readonly number[]> = new Map();
  #rulingsOf: RulingsOf = noRulings;

  constructor(client: pg.ClientBase, known: KnownSeries, newSeriesPerHour: number) {
    this.#client = client;
    this.#known = known;
    this.#newSeriesPerHour = newSeriesPerHour;
  }

  /**
   * Creates what is missing, and locks the projects of all of them. Re-ratings, discards and decisions on held
   * increases are read here, for all series in one statement each, because hardly any series has one. Answers the names of those
   * that are not created: their keys have made too many in this hour.
   */
  async lock(keys: readonly NamedKey[]): Promise<ReadonlySet<string>> {
    const waiting = await this.#lockProjects(keys);
    const ids = [...this.#ids.values()].map(({ seriesId }) => seriesId);
    const rerated = await selectRerated(this.#client, ids);
    this.#rerateIds = new Map(rerated.map((row) => [row.series_id, row.rerate_ids]));
    this.#rulingsOf = await readRulings(this.#client, ids);
    return waiting;
  }

  async #lockProjects(keys: readonly NamedKey[]): Promise<ReadonlySet<string>> {
    const projectNames = namesOf(keys);
    await this.#client.query("savepoint before_locks");
    const locked = await lockProjects(this.#client, projectNames);
    const missing = await this.#find(keys);
    if (missing.length === 0 && locked === projectNames.length) return noneWaiting;
    // Two billers that hold locks and both wait to insert would deadlock; release the locks first.
    await this.#client.query("rollback to savepoint before_locks");
    const { made, waiting } = await takeNewSeries(this.#client, missing, this.#newSeriesPerHour);
    await insertProjects(this.#client, namesOf(made));
    await insertSeries(
      this.#client,
      made.map(({ key }) => key),
    );
    const early = new Set(waiting.map(({ name }) => name));
    await lockProjects(this.#client, namesOf(keys.filter(({ name }) => !early.has(name))));
    await this.#selectIds(made);
    return early;
  }

  /** Takes the ids that are known, looks up the others, and answers the keys that are not stored. */
  async #find(keys: readonly NamedKey[]): Promise<readonly NamedKey[]> {
    const unknown = keys.filter(({ name }) => {
      const ids = this.#known.get(name);
      if (ids !== undefined) this.#ids.set(name, ids);
      return ids === undefined;
    });
    if (unknown.length === 0) return [];
    await this.#selectIds(unknown);
    // Only these are sure to outlast this transaction: what it inserts may be rolled back.
    for (const { name } of unknown) {
      const ids = this.#ids.get(name);
      if (ids !== undefined) this.#known.set(name, ids);
    }
    return unknown.filter(({ name }) => !this.#ids.has(name));
  }

  async #selectIds(keys: readonly NamedKey[]): Promise<void> {
    const rows = await selectSeriesIds(
      this.#client,
      keys.map(({ key }) => key),
    );
    for (const { position, series_id: seriesId, project_id: projectId } of rows) {
      const key = keys[position - 1];
      if (key !== undefined) this.#ids.set(key.name, { seriesId, projectId });
    }
  }

  /** What is stored of these series, in the order of the keys. */
  async read(keys: readonly ReceivedKey[]): Promise<readonly StoredSeries[]> {
    const ids = keys.map(({ name }) => this.#idsOf(name));
    const heads = await this.#readHeads(keys, ids);
    await this.#readTraits(ids);
    const drops = await readDrops(this.#client, openDropsOf(heads));
    const floors = await this.#readFloors(keys, heads);
    return heads.map(({ seriesId, projectId, last }, place) => {
      const { discards, holdDecisions } = this.#rulingsOf(seriesId);
      return {
        seriesId,
        projectId,
        rerateIds: this.#rerateIds.get(seriesId) ?? noRerates,
        floor: floors.get(seriesId) ?? null,
        discards,
        holdDecisions,
        state: { last, openDrop: drops.get(seriesId) ?? null },
        traits: ids[place]?.traits ?? this.#traits.get(seriesId) ?? noTraits,
      };
    });
  }

  async #readHeads(keys: readonly NamedKey[], ids: readonly Ids[]): Promise<readonly Head[]> {
    const stored = await selectHeads(
      this.#client,
      ids.map(({ seriesId }) => seriesId),
    );
    const rows = new Map(stored.map((row) => [row.series_id, row]));
    return ids.map(({ seriesId, projectId }, place) => {
      const row = rows.get(seriesId);
      if (row === undefined) {
        throw new SeriesGone(`series ${JSON.stringify(keys[place]?.name)} has no head`);
      }
      const head = toHead(row, projectId);
      this.#heads.set(seriesId, head);
      return head;
    });
  }

  /** From memory, as far as they are there. */
  async #readTraits(ids: readonly Ids[]): Promise<void> {
    const unread = ids.flatMap(({ seriesId, traits }) => (traits === undefined ? [seriesId] : []));
    const rows = unread.length > 0 ? await selectTraits(this.#client, unread) : [];
    for (const { series_id: seriesId, largest_pace: largestPace, last_key: lastKey } of rows) {
      this.#traits.set(seriesId, { largestPace, lastKey });
    }
  }

  /**
   * The floors that matter to what was received. A floor lies at or before the last sample, and before an open
   * drop: to samples that continue an undropped series it does not matter, and is not read.
   */
  async #readFloors(
    keys: readonly ReceivedKey[],
    heads: readonly Head[],
  ): Promise<ReadonlyMap<number, Sample | null>> {
    const reaching = heads.filter(({ last, hasOpenDrop }, place) => {
      const { earliestMs } = keys[place] as ReceivedKey;
      return hasOpenDrop || (last !== null && earliestMs <= last.timeMs);
    });
    const ids = reaching.map(({ seriesId }) => seriesId);
    const rows = ids.length > 0 ? await selectFloors(this.#client, ids) : [];
    return new Map(
      rows.map((row) => [row.series_id, sampleOrNull(row.floor_time_ms, row.floor_value)]),
    );
  }

  keepTraits(changed: ReadonlyMap<number, Traits>): void {
    for (const [seriesId, traits] of changed) this.#traits.set(seriesId, traits);
  }

  /** To be called when nothing can be rolled back any more but by a failure that forgets them. */
  rememberTraits(): void {
    if (this.#traits.size === 0) return;
    for (const ids of this.#ids.values()) {
      const traits = this.#traits.get(ids.seriesId);
      if (traits !== undefined) ids.traits = traits;
    }
  }

  #idsOf(name: string): Ids {
    const ids = this.#ids.get(name);
    if (ids === undefined) throw new Error(`series ${JSON.stringify(name)} is not locked`);
    return ids;
  }

  headOf(seriesId: number): Head {
    const head = this.#heads.get(seriesId);
    if (head === undefined) throw new Error(`the head of series ${seriesId} was not read`);
    return head;
  }
}

const namesOf = (keys: readonly NamedKey[]): readonly string[] => [
  ...new Set(keys.map(({ key }) => key.projectName)),
];

const noneWaiting: ReadonlySet<string> = new Set();
const noTraits: Traits = { largestPace: 0, lastKey: null };
const noRerates: readonly number[] = [];

const openDropsOf = (heads: readonly Head[]): readonly number[] =>
  heads.flatMap(({ seriesId, hasOpenDrop }) => (hasOpenDrop ? [seriesId] : []));

export function knownSeriesOf(client: pg.ClientBase): KnownSeries {
  let ids = knownSeries.get(client);
  if (ids === undefined || ids.size > knownSeriesMax) {
    ids = new Map();
    knownSeries.set(client, ids);
  }
  return ids;
}

export function forgetKnownSeries(): void {
  knownSeries = new WeakMap();
}
