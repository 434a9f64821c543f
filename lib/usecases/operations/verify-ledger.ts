import type { SeriesState } from "../../billing/booking.ts";
import { difference, type HourlyCosts } from "../../billing/hourly-costs.ts";
import type { Sample } from "../../billing/sample.ts";
import type { TariffOf } from "../../billing/tariff-book.ts";
import type { NamedSeries } from "../ledger/stored-series.ts";
import type { StoredReader } from "../ledger/stored-window.ts";
import { recomputeSeries } from "./recompute-series.ts";

export interface ProjectsQuery {
  readonly projectName: string | null;
  /** Only projects measured since then, and of them only what was used since then; null: all. */
  readonly sinceMs: number | null;
  readonly afterProjectId: number;
}

export interface ProjectId {
  readonly projectId: number;
  readonly projectName: string;
}

/** The database as of one instant. */
export interface VerifyReader extends StoredReader {
  tariffs(): Promise<TariffOf>;
  /** Some of the projects that come next, in the order of their ids; none: all are through. */
  projects(query: ProjectsQuery): Promise<readonly ProjectId[]>;
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
 * balances are compared only where all hours are. Answers the last project looked at where it was
 * stopped, else 0.
 */
export async function verifyLedger(
  reader: VerifyReader,
  query: ProjectsQuery,
  { onProject, shouldStop = () => false }: VerifyOptions,
): Promise<number> {
  const tariffOf = await reader.tariffs();
  let { afterProjectId } = query;
  for (;;) {
    const projects = await reader.projects({ ...query, afterProjectId });
    if (projects.length === 0) return 0;
    for (const project of projects) {
      if (shouldStop()) return afterProjectId;
      onProject(await verifyProject(reader, project, query.sinceMs, tariffOf));
      afterProjectId = project.projectId;
    }
  }
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
