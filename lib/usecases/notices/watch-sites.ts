import { minuteMs } from "../../billing/time.ts";
import type { SilentSeries } from "./notice.ts";

/** A site as its series show it, without those that an operator has acknowledged. */
export interface SiteActivity {
  readonly site: string;
  /** The time of its last measurement, Unix milliseconds; null: of all its series it lies ahead of the clock. */
  readonly lastMs: number | null;
  readonly seriesCount: number;
}

/** A site as the last watch left it. Unix milliseconds. */
export interface KnownSite {
  readonly site: string;
  /** Its last measurement before it fell silent; null: it reports. */
  readonly silentSinceMs: number | null;
  /** When a watch saw it report again; null: never. */
  readonly reportsSinceMs: number | null;
}

export type SiteEvent =
  | {
      readonly type: "site.silent" | "site.reporting";
      readonly site: string;
      readonly silentSinceMs: number;
      readonly seriesCount: number;
    }
  | {
      readonly type: "series.silent" | "series.reporting";
      readonly site: string;
      readonly seriesCount: number;
      readonly series: readonly SilentSeries[];
    };

interface SeriesOfSite extends SilentSeries {
  readonly site: string;
}

/**
 * A series reports if its last measurement lies within these, Unix milliseconds. Before them it is silent;
 * behind them it lies ahead of the clock, and says nothing of what the series does now.
 */
export interface ReportingSpan {
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** The sites and series, within one transaction. */
export interface Watch {
  /** Ends each acknowledgement whose series reports again. */
  endAcknowledgements(): Promise<void>;
  /** The last measurements are those that lie ahead of no clock. */
  activity(untilMs: number): Promise<readonly SiteActivity[]>;
  knownSites(): Promise<readonly KnownSite[]>;
  /** Notes the series of these sites that do not report, as far as can be told, and returns the new ones. */
  seriesFallenSilent(
    sites: readonly string[],
    span: ReportingSpan,
  ): Promise<readonly SeriesOfSite[]>;
  /** Forgets the silence of those that report, and returns them. */
  seriesReportingAgain(span: ReportingSpan): Promise<readonly SeriesOfSite[]>;
  /** From now on these sites are known, and no others. */
  keepSites(sites: readonly KnownSite[]): Promise<void>;
  writeNotices(events: readonly SiteEvent[]): Promise<void>;
}

export type WithWatch = <T>(work: (watch: Watch) => Promise<T>) => Promise<T>;

const seriesListedMax = 50;
// As far ahead as a measurement may be when it is received: what lies further ahead was dated by a clock that
// was wrong, and would hide a silence until the other clocks have come so far.
const aheadMsMax = 10 * minuteMs;

/**
 * Writes notices to operators of the sites that have reported nothing for so long, of single series of a
 * site that does report, and of their return: one digest for each site, not one for each series. A
 * measurement that repeats its value is a measurement: zero usage is not silence.
 */
export const watchSites = (
  withWatch: WithWatch,
  silenceAfterMs: number,
  nowMs: number,
): Promise<readonly SiteEvent[]> =>
  withWatch(async (watch) => {
    const span = { sinceMs: nowMs - silenceAfterMs, untilMs: nowMs + aheadMsMax };
    const { sinceMs, untilMs } = span;
    await watch.endAcknowledgements();
    const known = new Map((await watch.knownSites()).map((one) => [one.site, one]));
    const changes = (await watch.activity(untilMs)).map((site) =>
      changeOf(site, known.get(site.site), sinceMs, nowMs),
    );
    await watch.keepSites(changes.map(({ now }) => now));
    // A site may come back series by series: only those that stay away are reported.
    const settled = changes
      .map(({ now }) => now)
      .filter((now) => now.silentSinceMs === null && (now.reportsSinceMs ?? 0) <= sinceMs)
      .map(({ site }) => site);
    const again = await watch.seriesReportingAgain(span);
    const silent = await watch.seriesFallenSilent(settled, span);
    const events = [
      ...changes.flatMap(({ event }) => event ?? []),
      ...digests("series.reporting", again),
      ...digests("series.silent", silent),
    ];
    await watch.writeNotices(events);
    return events;
  });

interface SiteChange {
  readonly now: KnownSite;
  readonly event: SiteEvent | null;
}

/** A site as this watch leaves it, and the event where it fell silent or came back as a whole. */
function changeOf(
  { site, lastMs: knownLastMs, seriesCount }: SiteActivity,
  known: KnownSite | undefined,
  sinceMs: number,
  nowMs: number,
): SiteChange {
  // Where nothing is known of any of its series they are told one by one, and the site is not silent.
  const lastMs = knownLastMs ?? nowMs;
  const silentSinceMs = known?.silentSinceMs ?? null;
  const reportsSinceMs = known?.reportsSinceMs ?? null;
  if (lastMs < sinceMs && silentSinceMs === null) {
    return {
      now: { site, silentSinceMs: lastMs, reportsSinceMs },
      event: { type: "site.silent", site, silentSinceMs: lastMs, seriesCount },
    };
  }
  if (lastMs >= sinceMs && silentSinceMs !== null) {
    return {
      now: { site, silentSinceMs: null, reportsSinceMs: nowMs },
      event: { type: "site.reporting", site, silentSinceMs, seriesCount },
    };
  }
  return { now: { site, silentSinceMs, reportsSinceMs }, event: null };
}

const digests = (
  type: "series.silent" | "series.reporting",
  series: readonly SeriesOfSite[],
): readonly SiteEvent[] =>
  [...Map.groupBy(series, ({ site }) => site)].map(([site, ofSite]) => ({
    type,
    site,
    seriesCount: ofSite.length,
    series: ofSite.slice(0, seriesListedMax).map(({ site: _site, ...one }) => one),
  }));
