import { equalCredits } from "../../billing/credits.ts";
import type { DecimalText } from "../../billing/decimal.ts";
import { pagesFrom } from "../project-round.ts";

/** The portal did not answer how much a project is granted; the message says why, without a secret. */
export class PullFailed extends Error {
  override readonly name = "PullFailed";
  /** `portal`: any project's would have failed. `project`: the others' may be fine. */
  readonly about: "portal" | "project";

  constructor(about: PullFailed["about"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.about = about;
  }
}

/** A project as it was read before the portal was asked; null: not known. */
export interface KnownGrant {
  readonly projectId: number;
  readonly projectName: string;
  readonly grantedCredits: DecimalText | null;
  /** The portal's last answer. */
  readonly portalCredits: DecimalText | null;
}

export interface PulledGrant extends KnownGrant {
  /** The portal's answer now. */
  readonly answer: DecimalText;
}

export interface RefreshPorts {
  /** Throws `PullFailed`. */
  grantedCredits(projectName: string): Promise<DecimalText>;
  /** The project behind which the next run starts; 0: at the beginning. */
  cursor(): Promise<number>;
  keepCursor(projectId: number): Promise<void>;
  /** Some of the projects that come next, in the order of their ids, up to an id or (null) the last. */
  projectsAfter(projectId: number, upTo: number | null): Promise<readonly KnownGrant[]>;
  /**
   * Remembers the answers, in one transaction, each only where no other run did meanwhile. An answer is
   * granted, too, unless an admin has granted something meanwhile, or before the portal's first answer.
   * Returns how many grants changed.
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
 * Asks the portal for every project's granted credits, starting behind the project at which the last run
 * stopped, and books each answer that differs from the last one. A project that fails keeps its grant.
 */
export async function refreshGrants(
  ports: RefreshPorts,
  shouldStop: () => boolean,
): Promise<Refresh> {
  const start = await ports.cursor();
  const { askAll, isPortalAway } = questions(ports, shouldStop);
  const counts = { asked: 0, changed: 0, failed: 0 };
  const failures: Failure[] = [];
  let [last, isFinished] = [start, true];
  /** The last project before those that failed in a row because of the portal; null: it answered none. */
  let lastAnswered: number | null = null;
  for await (const page of pagesFrom(start, ports.projectsAfter)) {
    const asked = await askAll(page);
    counts.asked += asked.length;
    last = asked.at(-1)?.project.projectId ?? last;
    lastAnswered =
      asked.findLast(({ outcome }) => !isAway(outcome))?.project.projectId ?? lastAnswered;
    const failed = asked.flatMap(toFailure);
    counts.failed += failed.length;
    failures.push(...failed.slice(0, failuresMax - failures.length));
    const news = asked.flatMap(toNews);
    if (news.length > 0) counts.changed += await ports.book(news);
    if (asked.length < page.length) {
      isFinished = false;
      break;
    }
  }
  // The next run asks again those that failed because of the portal. Where it answered none at all it
  // goes on behind them: some projects at which the portal fails would else hold up all others.
  const cursor = isPortalAway() ? (lastAnswered ?? last) : last;
  // A whole round ends where it began.
  if (!isFinished && cursor !== start) await ports.keepCursor(cursor);
  return { ...counts, failures, isFinished, isPortalAway: isPortalAway() };
}

type Outcome = { readonly answer: DecimalText } | PullFailed;

interface Asked {
  readonly project: KnownGrant;
  readonly outcome: Outcome;
}

const isAway = (outcome: Outcome) => outcome instanceof PullFailed && outcome.about === "portal";

/** Asks for several projects at once, and counts over all pages how often the portal fails in a row. */
function questions(ports: RefreshPorts, shouldStop: () => boolean) {
  let awayInARow = 0;
  const isPortalAway = () => awayInARow >= awayAfter;

  /** The outcomes of the page's first projects: of all, unless it had to stop. */
  async function askAll(page: readonly KnownGrant[]): Promise<readonly Asked[]> {
    const asked: Asked[] = [];
    let next = 0;
    const askOneByOne = async () => {
      while (next < page.length && !shouldStop() && !isPortalAway()) {
        const index = next++;
        const project = page[index] as KnownGrant;
        const outcome = await ask(ports, project.projectName);
        asked[index] = { project, outcome };
        awayInARow = isAway(outcome) ? awayInARow + 1 : 0;
      }
    };
    await Promise.all(Array.from({ length: concurrencyMax }, askOneByOne));
    return asked;
  }

  return { askAll, isPortalAway };
}

async function ask(ports: RefreshPorts, projectName: string): Promise<Outcome> {
  try {
    return { answer: await ports.grantedCredits(projectName) };
  } catch (error) {
    if (error instanceof PullFailed) return error;
    throw error;
  }
}

const toFailure = ({ project: { projectName }, outcome }: Asked): readonly Failure[] =>
  outcome instanceof PullFailed ? [{ projectName, reason: outcome.message }] : [];

/** An answer that is not the portal's last one; none where it is, or where the question failed. */
function toNews({ project, outcome }: Asked): readonly PulledGrant[] {
  if (outcome instanceof PullFailed) return [];
  const { answer } = outcome;
  const { portalCredits } = project;
  const isKnown = portalCredits !== null && equalCredits(portalCredits, answer);
  return isKnown ? [] : [{ ...project, answer }];
}
