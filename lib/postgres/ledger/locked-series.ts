import type pg from "pg";
import type { Sample } from "../../billing/sample.ts";
import type { NamedKey, ReceivedKey } from "../../usecases/ledger/group-by-series.ts";
import type { StoredSeries } from "../../usecases/ledger/stored-series.ts";
import { type Head, readDrops, sampleOrNull, toHead } from "./heads.ts";
import { insertProjects } from "./queries/insert-projects.ts";
import { insertSeries } from "./queries/insert-series.ts";
import { lockProjects } from "./queries/lock-projects.ts";
import { selectFloors } from "./queries/select-floors.ts";
import { selectHeads } from "./queries/select-heads.ts";
import { selectRerated } from "./queries/select-rerated.ts";
import { selectSeriesIds } from "./queries/select-series-ids.ts";
import { readDiscards } from "./stored-series.ts";

/** Ids of series, and of their projects, by the names of the series. */
export type SeriesIds = Map<string, Ids>;

interface Ids {
  readonly seriesId: number;
  readonly projectId: number;
}

/**
 * The ids of series by their names, for each connection: a series keeps its id for ever, and a database that
 * was restored from a backup has closed its connections.
 */
let knownIds = new WeakMap<pg.ClientBase, SeriesIds>();
// About 40 MB; a biller that meets more series than this looks them up again.
const knownIdsMax = 200_000;

/** A series is not stored under the id that was known: somebody has deleted its project by hand. */
export class SeriesGone extends Error {
  override readonly name = "SeriesGone";
}

/** The series of one transaction, whose projects are locked, and their heads as they were read. */
export class LockedSeries {
  readonly #client: pg.ClientBase;
  readonly #known: SeriesIds;
  readonly #ids: SeriesIds = new Map();
  readonly #heads = new Map<number, Head>();

  constructor(client: pg.ClientBase, known: SeriesIds) {
    this.#client = client;
    this.#known = known;
  }

  /** Creates what is missing, and locks the projects of all of them. */
  async lock(keys: readonly NamedKey[]): Promise<void> {
    const projectNames = [...new Set(keys.map(({ key }) => key.projectName))];
    await this.#client.query("savepoint before_locks");
    const locked = await lockProjects(this.#client, projectNames);
    const missing = await this.#find(keys);
    if (missing.length === 0 && locked === projectNames.length) return;
    // Two billers that hold locks and both wait to insert would deadlock; release the locks first.
    await this.#client.query("rollback to savepoint before_locks");
    await insertProjects(this.#client, [...new Set(missing.map(({ key }) => key.projectName))]);
    await insertSeries(
      this.#client,
      missing.map(({ key }) => key),
    );
    await lockProjects(this.#client, projectNames);
    await this.#selectIds(missing);
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

  /** Those of these keys, by name, with what is stored of them. */
  async read(keys: readonly ReceivedKey[]): Promise<ReadonlyMap<string, StoredSeries>> {
    const ids = keys.map(({ name }) => this.#idsOf(name).seriesId);
    const [rerates, discardsOf] = await Promise.all([
      selectRerated(this.#client, ids),
      readDiscards(this.#client, ids),
      this.#readHeads(keys, ids),
    ]);
    const rerateIds = new Map(rerates.map((row) => [row.series_id, row.rerate_ids]));
    const drops = await readDrops(
      this.#client,
      ids.filter((id) => this.headOf(id).hasOpenDrop),
    );
    const floors = await this.#readFloors(keys);
    const series = new Map<string, StoredSeries>();
    for (const { name } of keys) {
      const { seriesId, projectId } = this.#idsOf(name);
      const openDrop = drops.get(seriesId) ?? null;
      series.set(name, {
        seriesId,
        projectId,
        rerateIds: rerateIds.get(seriesId) ?? noRerates,
        floor: floors.get(seriesId) ?? null,
        discards: discardsOf(seriesId),
        state: { last: this.headOf(seriesId).last, openDrop },
      });
    }
    return series;
  }

  async #readHeads(keys: readonly NamedKey[], seriesIds: readonly number[]): Promise<void> {
    const heads = await selectHeads(this.#client, seriesIds);
    const rows = new Map(heads.map((row) => [row.series_id, row]));
    for (const { name } of keys) {
      const { seriesId, projectId } = this.#idsOf(name);
      const row = rows.get(seriesId);
      if (row === undefined) throw new SeriesGone(`series ${JSON.stringify(name)} has no head`);
      this.#heads.set(seriesId, toHead(row, projectId));
    }
  }

  /**
   * The floors that matter to what was received. A floor lies at or before the last sample, and before an open
   * drop: to samples that continue an undropped series it does not matter, and is not read.
   */
  async #readFloors(keys: readonly ReceivedKey[]): Promise<ReadonlyMap<number, Sample | null>> {
    const reaching = keys
      .map(({ name, earliestMs }) => ({
        head: this.headOf(this.#idsOf(name).seriesId),
        earliestMs,
      }))
      .filter(({ head: { last, hasOpenDrop }, earliestMs }) => {
        return hasOpenDrop || (last !== null && earliestMs <= last.timeMs);
      });
    const ids = reaching.map(({ head }) => head.seriesId);
    const rows = ids.length > 0 ? await selectFloors(this.#client, ids) : [];
    return new Map(
      rows.map((row) => [row.series_id, sampleOrNull(row.floor_time_ms, row.floor_value)]),
    );
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

const noRerates: readonly number[] = [];

export function knownIdsOf(client: pg.ClientBase): SeriesIds {
  let ids = knownIds.get(client);
  if (ids === undefined || ids.size > knownIdsMax) {
    ids = new Map();
    knownIds.set(client, ids);
  }
  return ids;
}

export function forgetKnownIds(): void {
  knownIds = new WeakMap();
}
