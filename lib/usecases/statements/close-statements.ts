import { pagesFrom } from "../project-round.ts";

export interface NamedProject {
  readonly projectId: number;
  readonly projectName: string;
}

export interface ClosePorts {
  /** The project behind which the next run starts; 0: at the beginning. */
  cursor(): Promise<number>;
  keepCursor(projectId: number): Promise<void>;
  /** Some of the next projects for which a month may be closed, up to an id or (null) the last. */
  projectsAfter(
    projectId: number,
    upTo: number | null,
    nowMs: number,
  ): Promise<readonly NamedProject[]>;
  /** Closes every month of the project that is due, in one transaction. Returns how many. */
  close(project: NamedProject): Promise<number>;
}

export interface ClosedCount {
  readonly projects: number;
  readonly statements: number;
  /** False where the time was up: the next run goes on. */
  readonly isFinished: boolean;
}

/** Closes the statements that are due, starting behind the project at which the last run stopped. */
export async function closeStatements(
  ports: ClosePorts,
  nowMs: number,
  shouldStop: () => boolean,
): Promise<ClosedCount> {
  const start = await ports.cursor();
  const counts = { projects: 0, statements: 0 };
  const pageAfter = (projectId: number, upTo: number | null) =>
    ports.projectsAfter(projectId, upTo, nowMs);
  for await (const page of pagesFrom(start, pageAfter)) {
    for (const project of page) {
      if (shouldStop()) return { ...counts, isFinished: false };
      counts.statements += await ports.close(project);
      counts.projects += 1;
      await ports.keepCursor(project.projectId);
    }
  }
  await ports.keepCursor(0);
  return { ...counts, isFinished: true };
}
