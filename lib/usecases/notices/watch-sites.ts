import type { SilentSeries } from "./notice.ts";

/** What a site's series tell together; those that an operator has acknowledged do not count. */
export interface SiteActivity {
  readonly site: string;
  /** The time of its last measurement, Unix milliseconds. */
  readonly lastMs: number;
  readonly seriesCount: number;
}

/** What operators were told of a site. Unix milliseconds. */
export interface KnownSite {
  readonly site: string;
  /** Its last measurement before it was told silent; null: it reports. */
  readonly silentSinceMs: number | null;
  /** When it was told to report again; null: never. */
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

/** What is watched, within one transaction. */
export interface Watch {
  /** An acknowledgement ends where its series reports again. */
  endAcknowledgements(): Promise<void>;
  activity(): Promise<readonly SiteActivity[]>;
  knownSites(): Promise<readonly KnownSite[]>;
  /** Notes the series of these sites that have no measurement since then, and returns the new ones. */
  seriesFallenSilent(sites: readonly string[], sinceMs: number): Promise<readonly SeriesOfSite[]>;
  /** Forgets the silence of those that have one, and returns them. */
  seriesReportingAgain(sinceMs: number): Promise<readonly SeriesOfSite[]>;
  /** From now on these sites are known, and no others. */
  keepSites(sites: readonly KnownSite[]): Promise<void>;
  tell(events: readonly SiteEvent[]): Promise<void>;
}

export type WithWatch = <T>(work: (watch: Watch) => Promise<T>) => Promise<T>;

const seriesToldMax = 50;

/**
 * Tells operators which sites have reported nothing for so long, or single series of a site that does
 * report, and which of them are back: one digest for each site, not one for each series. A measurement
 * that repeats its value is one: zero usage is not silence.
 */
export const watchSites = (
  withWatch: WithWatch,
  silenceAfterMs: number,
  nowMs: number,
): Promise<readonly SiteEvent[]> =>
  withWatch(async (watch) => {
    const sinceMs = nowMs - silenceAfterMs;
    await watch.endAcknowledgements();
    const known = new Map((await watch.knownSites()).map((one) => [one.site, one]));
    const looks = (await watch.activity()).map((site) =>
      lookAt(site, known.get(site.site), sinceMs, nowMs),
    );
    await watch.keepSites(looks.map(({ now }) => now));
    // A site that came back may do so series by series: only what stays away is told.
    const settled = looks
      .map(({ now }) => now)
      .filter((now) => now.silentSinceMs === null && (now.reportsSinceMs ?? 0) <= sinceMs)
      .map(({ site }) => site);
    const again = await watch.seriesReportingAgain(sinceMs);
    const silent = await watch.seriesFallenSilent(settled, sinceMs);
    const events = [
      ...looks.flatMap(({ event }) => event ?? []),
      ...digests("series.reporting", again),
      ...digests("series.silent", silent),
    ];
    await watch.tell(events);
    return events;
  });

interface Look {
  readonly now: KnownSite;
  readonly event: SiteEvent | null;
}

/** What has changed about a site as a whole. */
function lookAt(
  { site, lastMs, seriesCount }: SiteActivity,
  known: KnownSite | undefined,
  sinceMs: number,
  nowMs: number,
): Look {
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
    series: ofSite.slice(0, seriesToldMax).map(({ site: _site, ...one }) => one),
  }));
