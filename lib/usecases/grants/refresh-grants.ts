import { parseCredits } from "../../billing/credits.ts";

/** The portal did not tell what a project is granted; the message says why, without a secret. */
export class PullFailed extends Error {
  override readonly name = "PullFailed";
  /** `portal`: any project's would have failed. `project`: the others' may be fine. */
  readonly about: "portal" | "project";

  constructor(about: PullFailed["about"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.about = about;
  }
}

/** A project as it was read before the portal was asked. Decimals as text, null: not known. */
export interface KnownGrant {
  readonly projectId: number;
  readonly projectName: string;
  readonly grantedCredits: string | null;
  /** What the portal answered last. */
  readonly portalCredits: string | null;
}

export interface PulledGrant extends KnownGrant {
  /** What the portal answers now. */
  readonly answer: string;
}

export interface RefreshPorts {
  /** Throws `PullFailed`. */
  grantedCredits(projectName: string): Promise<string>;
  /** Behind which project the last run ended. */
  cursor(): Promise<number>;
  keepCursor(projectId: number): Promise<void>;
  /** Some of the projects that come next, in the order of their ids, up to an id or (null) the last. */
  projectsAfter(projectId: number, upTo: number | null): Promise<readonly KnownGrant[]>;
  /**
   * Remembers the answers, in one transaction, each only where nobody else did meanwhile. An answer
   * is granted, too, unless an admin has granted something meanwhile, or before the portal's first
   * answer. Returns how many grants changed.
   */
  book(pulled: readonly PulledGrant[]): Promise<number>;
}

export interface Failure {
  readonly projectName: string;
  readonly reason: string;
}

export interface Refresh {
  readonly asked: number;
  /** How many grants changed. */
  readonly changed: number;
  readonly failed: number;
  /** The first of them. */
  readonly failures: readonly Failure[];
  /** False where the next run goes on: the time was up, or the portal is away. */
  readonly isFinished: boolean;
  readonly isPortalAway: boolean;
}

export const concurrencyMax = 8;
const awayAfter = 20;
const failuresMax = 5;

/**
 * Asks the portal for every project's granted credits, beginning behind the project at which the last
 * run stopped, and books what differs from its last answer. A project that fails keeps what it has.
 */
export async function refreshGrants(
  ports: RefreshPorts,
  shouldStop: () => boolean,
): Promise<Refresh> {
  const start = await ports.cursor();
  const run = new Run(ports, shouldStop, start);
  const isFinished = (await run.ask(start, null)) && (start === 0 || (await run.ask(0, start)));
  // A whole round ends where it began.
  if (!isFinished && run.cursor !== start) await ports.keepCursor(run.cursor);
  return { ...run.counts, isFinished, isPortalAway: run.isPortalAway };
}

/** What became of one question. */
type Outcome = { readonly answer: string } | PullFailed;

const isAway = (outcome: Outcome) => outcome instanceof PullFailed && outcome.about === "portal";

class Run {
  readonly counts = { asked: 0, changed: 0, failed: 0, failures: [] as Failure[] };
  readonly #ports: RefreshPorts;
  readonly #shouldStop: () => boolean;
  /** How many failed in a row, up to now, because of the portal. */
  #awayInARow = 0;
  #hasAnswered = false;
  #last: number;
  /** The last before those that failed in a row. */
  #lastAnswered: number;

  constructor(ports: RefreshPorts, shouldStop: () => boolean, start: number) {
    this.#ports = ports;
    this.#shouldStop = shouldStop;
    this.#last = start;
    this.#lastAnswered = start;
  }

  get isPortalAway(): boolean {
    return this.#awayInARow >= awayAfter;
  }

  /**
   * Where the next run goes on: before those that failed because of the portal. Where it answered
   * nothing at all, behind them: else some projects at which it fails would hold up all others.
   */
  get cursor(): number {
    return this.isPortalAway && this.#hasAnswered ? this.#lastAnswered : this.#last;
  }

  /** Asks for the projects behind one and up to another; false where it had to stop. */
  async ask(after: number, upTo: number | null): Promise<boolean> {
    for (let last = after; ; ) {
      const page = await this.#ports.projectsAfter(last, upTo);
      if (page.length === 0) return true;
      const outcomes = await this.#askAll(page);
      const pulled = outcomes.flatMap((outcome, index) =>
        this.#note(page[index] as KnownGrant, outcome),
      );
      if (pulled.length > 0) this.counts.changed += await this.#ports.book(pulled);
      if (outcomes.length < page.length) return false;
      last = this.#last;
    }
  }

  /** The outcomes of the page's first projects: of all, unless it had to stop. */
  async #askAll(page: readonly KnownGrant[]): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = [];
    let next = 0;
    const askOneByOne = async () => {
      while (next < page.length && !this.#shouldStop() && !this.isPortalAway) {
        const index = next++;
        const outcome = await this.#askOne((page[index] as KnownGrant).projectName);
        outcomes[index] = outcome;
        this.#awayInARow = isAway(outcome) ? this.#awayInARow + 1 : 0;
      }
    };
    await Promise.all(Array.from({ length: concurrencyMax }, askOneByOne));
    return outcomes;
  }

  async #askOne(projectName: string): Promise<Outcome> {
    try {
      return { answer: await this.#ports.grantedCredits(projectName) };
    } catch (error) {
      if (error instanceof PullFailed) return error;
      throw error;
    }
  }

  /** Counts the outcome, and returns what is to be booked because of it, if anything. */
  #note(project: KnownGrant, outcome: Outcome): readonly PulledGrant[] {
    const { projectId, projectName, portalCredits } = project;
    this.#last = projectId;
    this.counts.asked += 1;
    if (!isAway(outcome)) {
      this.#lastAnswered = projectId;
      this.#hasAnswered = true;
    }
    if (outcome instanceof PullFailed) {
      this.counts.failed += 1;
      const { failures } = this.counts;
      if (failures.length < failuresMax) failures.push({ projectName, reason: outcome.message });
      return [];
    }
    return isSame(portalCredits, outcome.answer) ? [] : [{ ...project, answer: outcome.answer }];
  }
}

const isSame = (known: string | null, answer: string): boolean =>
  known !== null && parseCredits(known) === parseCredits(answer);
