import type { SeriesState } from "../../billing/booking.ts";
import { difference, type HourlyCosts } from "../../billing/hourly-costs.ts";
import type { Sample } from "../../billing/sample.ts";
import type { TariffOf } from "../../billing/tariff-book.ts";
import type { NamedSeries } from "../ledger/stored-series.ts";
import type { StoredReader } from "../ledger/stored-window.ts";
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
  /** Series that stand elsewhere than their samples; must be 0. */
  readonly states: number;
}

export const isDrifting = (one: ProjectVerification): boolean =>
  one.balanceDrift !== 0n || one.hours > 0 || one.states > 0;

export interface VerifyOptions {
  readonly onProject: (verification: ProjectVerification) => void;
  readonly shouldStop?: () => boolean;
}

/**
 * Derives the ledger anew from the stored samples, series by series, so that no more than one of them
 * is in memory, and compares. Hours that lie behind a series' floor cannot be derived any more. The
 * balances are compared only where all hours are. Returns the last project that was verified where it
 * was stopped, else 0: then the round was complete.
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
  let [hoursDrift, hours, states] = [0n, 0, 0];
  for (const series of concerned) {
    const tariff = tariffOf(series.metric, series.rerateIds);
    if (tariff === undefined) continue;
    const expected = await recomputeSeries(reader, series, tariff, sinceMs);
    const billed = await reader.hourlyCosts(series.seriesId, expected.fromHourMs);
    for (const { credits } of difference(expected.hours, billed).values()) {
      hours += 1;
      hoursDrift += credits < 0n ? -credits : credits;
    }
    if (!sameState(series.state, expected.state)) states += 1;
  }
  const balanceDrift = sinceMs === null ? await reader.balanceDrift(project.projectId) : 0n;
  return { ...project, series: concerned.length, balanceDrift, hoursDrift, hours, states };
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
