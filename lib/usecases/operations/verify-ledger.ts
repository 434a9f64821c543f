import type { SeriesState } from "../../billing/booking.ts";
import { type HeldIncrease, heldDifference } from "../../billing/held-increases.ts";
import { difference, type HourlyCosts } from "../../billing/hourly-costs.ts";
import type { Sample } from "../../billing/sample.ts";
import type { Tariff } from "../../billing/tariff.ts";
import type { TariffOf } from "../../billing/tariff-book.ts";
import { type NamedSeries, tariffOfSeries } from "../ledger/stored-series.ts";
import { SamplesUnreadable, type StoredReader } from "../ledger/stored-window.ts";
import { pagesFrom } from "../project-round.ts";
import { recomputeSeries } from "./recompute-series.ts";

export interface ProjectsQuery {
  readonly projectName: string | null;
  /** Only projects measured since then, and of them only what was used since then; null: all. */
  readonly sinceMs: number | null;
  /** The round starts behind this project; 0: at the beginning. */
  readonly afterProjectId: number;
}

export interface ProjectId {
  readonly projectId: number;
  readonly projectName: string;
}

/** The database as of one instant. */
export interface VerifyReader extends StoredReader {
  tariffs(): Promise<TariffOf>;
  /** Some of the projects that come next, in the order of their ids, up to an id or (null) the last. */
  projects(query: ProjectsQuery, upTo: number | null): Promise<readonly ProjectId[]>;
  series(projectName: string): Promise<readonly NamedSeries[]>;
  hourlyCosts(seriesId: number, fromHourMs: number): Promise<HourlyCosts>;
  /** What is held of the series from an instant on, ascending. */
  heldIncreases(seriesId: number, fromMs: number): Promise<readonly HeldIncrease[]>;
  /**
   * Decodes the stored segments of a series, also those before its floor that are not deleted yet, but
   * only those with samples since then (Unix ms; null: all). Says of each that is damaged what is wrong.
   */
  segmentFaults(seriesId: number, sinceMs: number | null): Promise<readonly string[]>;
  /** Used credits minus hourly costs minus adjustments, at CREDITS_SCALE. */
  balanceDrift(projectId: number): Promise<bigint>;
}

export interface ProjectVerification extends ProjectId {
  readonly series: number;
  /** Used credits minus hourly costs minus adjustments, at CREDITS_SCALE; must be 0. */
  readonly balanceDrift: bigint;
  /** By how many credits the hours differ from what the samples say, whatever the sign; must be 0. */
  readonly hoursDrift: bigint;
  /** Hours whose usage or credits differ; must be 0. */
  readonly hours: number;
  /** Held increases that are missing, too many or otherwise than the samples say; must be 0. */
  readonly held: number;
  /** Series that stand elsewhere than their samples; must be 0. */
  readonly states: number;
  /** Stored segments that are damaged, or not what is stored beside them, or overlap; must be 0. */
  readonly damagedSegments: number;
  /** The first of them, in words; null: there is none. */
  readonly firstDamage: string | null;
}

export const isDrifting = (one: ProjectVerification): boolean =>
  one.balanceDrift !== 0n ||
  one.hours > 0 ||
  one.held > 0 ||
  one.states > 0 ||
  one.damagedSegments > 0;

export interface VerifyOptions {
  readonly onProject: (verification: ProjectVerification) => void;
  readonly shouldStop?: () => boolean;
}

/**
 * Decodes the stored samples and derives the ledger anew from them, series by series, so that no more
 * than one of them is in memory, and compares. Hours that lie behind a series' floor cannot be derived any
 * more, nor can those of a series whose samples cannot be read. The balances are compared only where all
 * hours are. Returns the last project that was verified where it was stopped, else 0: then the round was
 * complete.
 */
export async function verifyLedger(
  reader: VerifyReader,
  query: ProjectsQuery,
  { onProject, shouldStop = () => false }: VerifyOptions,
): Promise<number> {
  const tariffOf = await reader.tariffs();
  const pageAfter = (afterProjectId: number, upTo: number | null) =>
    reader.projects({ ...query, afterProjectId }, upTo);
  let last = query.afterProjectId;
  for await (const page of pagesFrom(query.afterProjectId, pageAfter)) {
    for (const project of page) {
      if (shouldStop()) return last;
      onProject(await verifyProject(reader, project, query.sinceMs, tariffOf));
      last = project.projectId;
    }
  }
  return 0;
}

async function verifyProject(
  reader: VerifyReader,
  project: ProjectId,
  sinceMs: number | null,
  tariffOf: TariffOf,
): Promise<ProjectVerification> {
  const all = await reader.series(project.projectName);
  const concerned =
    sinceMs === null ? all : all.filter(({ state }) => (state.last?.timeMs ?? 0) >= sinceMs);
  let [hoursDrift, hours, held, states, damagedSegments] = [0n, 0, 0, 0, 0];
  let firstDamage: string | null = null;
  for (const series of concerned) {
    const one = await verifySeries(reader, series, sinceMs, tariffOf);
    hours += one.hours;
    hoursDrift += one.hoursDrift;
    held += one.held;
    states += one.states;
    damagedSegments += one.damage.length;
    firstDamage ??= one.damage[0] ?? null;
  }
  const balanceDrift = sinceMs === null ? await reader.balanceDrift(project.projectId) : 0n;
  const drift = { balanceDrift, hoursDrift, hours, held, states, damagedSegments, firstDamage };
  return { ...project, series: concerned.length, ...drift };
}

interface SeriesVerification
  extends Pick<ProjectVerification, "hoursDrift" | "hours" | "held" | "states"> {
  /** Each damaged segment, in words. */
  readonly damage: readonly string[];
}

const nothingDerived = { hoursDrift: 0n, hours: 0, held: 0, states: 0 };

async function verifySeries(
  reader: VerifyReader,
  series: NamedSeries,
  sinceMs: number | null,
  tariffOf: TariffOf,
): Promise<SeriesVerification> {
  const { seriesId, metric, site, resource } = series;
  const name = `series ${seriesId} (${[metric, site, resource].join("/")})`;
  const faults = await reader.segmentFaults(seriesId, sinceMs);
  const damage = faults.map((fault) => `${name}, ${fault}`);
  const tariff = tariffOfSeries(tariffOf, metric, series);
  if (tariff === undefined) return { ...nothingDerived, damage };
  try {
    return { ...(await compareSeries(reader, series, sinceMs, tariff)), damage };
  } catch (error) {
    if (!(error instanceof SamplesUnreadable)) throw error;
    // The damage may lie before `sinceMs`, in what has to be read to come to an anchor.
    return {
      ...nothingDerived,
      damage: damage.length > 0 ? damage : [`${name}, ${error.message}`],
    };
  }
}

async function compareSeries(
  reader: VerifyReader,
  series: NamedSeries,
  sinceMs: number | null,
  tariff: Tariff,
): Promise<Omit<SeriesVerification, "damage">> {
  const expected = await recomputeSeries(reader, series, tariff, sinceMs);
  const billed = await reader.hourlyCosts(series.seriesId, expected.fromHourMs);
  let [hours, hoursDrift] = [0, 0n];
  for (const { credits } of difference(expected.hours, billed).values()) {
    hours += 1;
    hoursDrift += credits < 0n ? -credits : credits;
  }
  const stored = await reader.heldIncreases(series.seriesId, expected.heldFromMs);
  const { removedMs, added } = heldDifference(expected.held, stored);
  const held = new Set([...removedMs, ...added.map(({ fromMs }) => fromMs)]).size;
  return { hours, hoursDrift, held, states: sameState(series.state, expected.state) ? 0 : 1 };
}

function sameState(a: SeriesState, b: SeriesState): boolean {
  const same = (one: Sample | undefined | null, other: Sample | undefined | null) =>
    one?.timeMs === other?.timeMs && one?.value === other?.value;
  return (
    same(a.last, b.last) &&
    same(a.openDrop?.peak, b.openDrop?.peak) &&
    a.openDrop?.droppedAtMs === b.openDrop?.droppedAtMs
  );
}
