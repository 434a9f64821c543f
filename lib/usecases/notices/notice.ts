import type { DecimalText } from "../../billing/decimal.ts";

/** The reasons for a notice. A type is API: receivers choose by it. */
export const noticeTypes = [
  "limit.reached",
  "budget.ending",
  "site.silent",
  "site.reporting",
  "series.silent",
  "series.reporting",
  "series.doubtful",
  "series.settled",
  "key.limited",
] as const;
export type NoticeType = (typeof noticeTypes)[number];

/** The receivers whom a notice concerns. */
export type Audience = "projects" | "operators";
export const audienceOf: Readonly<Record<NoticeType, Audience>> = {
  "limit.reached": "projects",
  "budget.ending": "projects",
  "site.silent": "operators",
  "site.reporting": "operators",
  "series.silent": "operators",
  "series.reporting": "operators",
  "series.doubtful": "operators",
  "series.settled": "operators",
  "key.limited": "operators",
};

interface NoticeBase {
  /** A UUID, the same at every try. */
  readonly id: string;
  /** When its reason was found, Unix milliseconds. */
  readonly atMs: number;
}

interface ProjectNotice extends NoticeBase {
  readonly projectName: string;
  /** The address that opens the project's page without a key; absent where there are no links. */
  readonly page?: string;
}

/** What a link is made of that a notice carries. */
export interface NoticedProject {
  readonly projectName: string;
  readonly linkGeneration: number;
  /** When the notice was written, Unix milliseconds: every try carries the same link. */
  readonly atMs: number;
}

/** The address of a project's page; undefined: there are no links. */
export type PageOf = (project: NoticedProject) => string | undefined;

/** A project has used its threshold, a percentage of its granted credits. */
export interface LimitNotice extends ProjectNotice {
  readonly type: "limit.reached";
  readonly threshold: DecimalText;
  readonly usedCredits: DecimalText;
  readonly grantedCredits: DecimalText;
}

/** At the rate of the last weeks a project's budget ends soon. */
export interface ForecastNotice extends ProjectNotice {
  readonly type: "budget.ending";
  readonly usedCredits: DecimalText;
  readonly grantedCredits: DecimalText;
  /** It is expected to end within so many days. */
  readonly withinDays: number;
  /** Unix milliseconds; latest is null where one of the rates is zero. */
  readonly earliestMs: number;
  readonly expectedMs: number;
  readonly latestMs: number | null;
}

/** A site has stopped reporting, or reports again. */
export interface SiteNotice extends NoticeBase {
  readonly type: "site.silent" | "site.reporting";
  /** Empty where the measurements have no site. */
  readonly site: string;
  /** The time of its last measurement before it fell silent, Unix milliseconds. */
  readonly silentSinceMs: number;
  /** How many series it has. */
  readonly seriesCount: number;
}

export interface SilentSeries {
  readonly projectName: string;
  readonly metric: string;
  readonly resource: string;
  readonly silentSinceMs: number;
}

/** Some series of a site that reports have fallen silent, or report again: one notice for all of them. */
export interface SeriesNotice extends NoticeBase {
  readonly type: "series.silent" | "series.reporting";
  readonly site: string;
  readonly seriesCount: number;
  /** The first of them. */
  readonly series: readonly SilentSeries[];
}

/** Why the bill of a series is doubtful, though it follows what was sent exactly. */
export const doubtKinds = ["held", "two-senders", "two-sites", "large-step", "corrected"] as const;
export type DoubtKind = (typeof doubtKinds)[number];

export interface DoubtfulSeries {
  readonly projectName: string;
  readonly metric: string;
  readonly resource: string;
  /** What is doubtful, in words. */
  readonly detail: string;
}

/** The bill of some series of a site is doubtful, or is so no more: one notice for all of a kind. */
export interface DoubtNotice extends NoticeBase {
  readonly type: "series.doubtful" | "series.settled";
  readonly site: string;
  readonly reason: DoubtKind;
  readonly seriesCount: number;
  /** The first of them. */
  readonly doubtful: readonly DoubtfulSeries[];
}

/** A key has made as many new series as it may in an hour: more wait on the queue. */
export interface KeyNotice extends NoticeBase {
  readonly type: "key.limited";
  readonly keyId: string;
  readonly seriesCount: number;
  /** The beginning of the hour, Unix milliseconds. */
  readonly hourMs: number;
}

export type Notice =
  | LimitNotice
  | ForecastNotice
  | SiteNotice
  | SeriesNotice
  | DoubtNotice
  | KeyNotice;

/**
 * Recipient → how it came out: it has got the notice, or was refused it for good. None is sent it again; one
 * that is missing is still to get it.
 */
export type RecipientOutcomes = Map<string, "delivered" | "refused">;

/** A way in which notices are sent. Optional, each with its own recipients and types. */
export interface Channel {
  /** Circuit and deliveries are kept under it, so it stays the same from start to start. Holds no secret. */
  readonly name: string;
  /** Whether the notice goes to this channel. The portal, for one, knows two thresholds only. */
  takes(notice: Notice): boolean;
  /**
   * Resolves when the receiver has taken it. Throws `DeliveryFailed`, at the latest after the
   * channel's own time limit (10 s). A channel whose notices have several recipients reads the outcomes
   * of earlier tries, and adds those of this one, whether it resolves or throws.
   */
  send(notice: Notice, recipients: RecipientOutcomes): Promise<void>;
}

/** The receiver has not taken the notice; the message says why, without a secret. */
export class DeliveryFailed extends Error {
  override readonly name = "DeliveryFailed";
  /**
   * `gone`: the receiver wants no more notices, ever. `receiver`: any notice would have failed.
   * `notice`: only this one may have.
   */
  readonly about: "notice" | "receiver" | "gone";
  /** How long the receiver asks to be sent nothing. */
  readonly retryAfterMs: number | undefined;

  constructor(
    about: DeliveryFailed["about"],
    message: string,
    { retryAfterMs, ...options }: ErrorOptions & { readonly retryAfterMs?: number } = {},
  ) {
    super(message, options);
    this.about = about;
    this.retryAfterMs = retryAfterMs;
  }
}
