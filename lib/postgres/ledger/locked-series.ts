import type pg from "pg";
import type { NamedKey } from "../../usecases/ledger/group-by-series.ts";
import type { StoredSeries } from "../../usecases/ledger/stored-series.ts";
import { type Head, toHead } from "./heads.ts";
import { insertProjects } from "./queries/insert-projects.ts";
import { insertSeries } from "./queries/insert-series.ts";
import { lockProjects } from "./queries/lock-projects.ts";
import { selectHeads } from "./queries/select-heads.ts";
import { selectSeriesIds } from "./queries/select-series-ids.ts";
import { readDiscards, toStoredSeries } from "./stored-series.ts";

/** Ids of series by their names. */
export type SeriesIds = Map<string, number>;

/**
 * The ids of series by their names, for each connection: a series keeps its id for ever, and a database that
 * was restored from a backup has closed its connections.
 */
const knownIds = new WeakMap<pg.ClientBase, SeriesIds>();
// About 40 MB; a biller that meets more series than this looks them up again.
const knownIdsMax = 200_000;

/** The series of one transaction, whose projects are locked, and their heads as they were read. */
export class LockedSeries {
  readonly #client: pg.ClientBase;
  readonly #known: SeriesIds;
  readonly #ids = new Map<string, number>();
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
      const id = this.#known.get(name);
      if (id !== undefined) this.#ids.set(name, id);
      return id === undefined;
    });
    if (unknown.length === 0) return [];
    await this.#selectIds(unknown);
    // Only these are sure to outlast this transaction: what it inserts may be rolled back.
    for (const { name } of unknown) {
      const id = this.#ids.get(name);
      if (id !== undefined) this.#known.set(name, id);
    }
    return unknown.filter(({ name }) => !this.#ids.has(name));
  }

  async #selectIds(keys: readonly NamedKey[]): Promise<void> {
    const rows = await selectSeriesIds(
      this.#client,
      keys.map(({ key }) => key),
    );
    const byPosition = new Map(rows.map((row) => [row.position, row.series_id]));
    for (const [index, { name }] of keys.entries()) {
      const id = byPosition.get(index + 1);
      if (id !== undefined) this.#ids.set(name, id);
    }
  }

  /** Those of these keys, by name, with what is stored of them. */
  async read(keys: readonly NamedKey[]): Promise<ReadonlyMap<string, StoredSeries>> {
    const ids = keys.map(({ name }) => this.#idOf(name));
    const [rows, discardsOf] = await Promise.all([
      selectHeads(this.#client, ids),
      readDiscards(this.#client, ids),
    ]);
    const byId = new Map<number, StoredSeries>();
    for (const row of rows) {
      const series = toStoredSeries(row, discardsOf);
      byId.set(row.series_id, series);
      this.#heads.set(row.series_id, toHead(row, series.state.last));
    }
    const byName = new Map<string, StoredSeries>();
    for (const { name } of keys) {
      const series = byId.get(this.#idOf(name));
      if (series !== undefined) byName.set(name, series);
    }
    return byName;
  }

  #idOf(name: string): number {
    const id = this.#ids.get(name);
    if (id === undefined) throw new Error(`series ${JSON.stringify(name)} is not locked`);
    return id;
  }

  headOf(seriesId: number): Head {
    const head = this.#heads.get(seriesId);
    if (head === undefined) throw new Error(`the head of series ${seriesId} was not read`);
    return head;
  }
}

export function knownIdsOf(client: pg.ClientBase): SeriesIds {
  let ids = knownIds.get(client);
  if (ids === undefined || ids.size > knownIdsMax) {
    ids = new Map();
    knownIds.set(client, ids);
  }
  return ids;
}
