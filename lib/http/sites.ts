import { instantText } from "../usecases/reading/calendar.ts";
import { type HttpAnswer, jsonAnswer } from "./stack/answer.ts";

/** Times in Unix milliseconds. */
export interface Site {
  readonly site: string;
  readonly series: number;
  readonly projects: number;
  readonly lastMs: number | null;
  /** null: it reports. */
  readonly silentSinceMs: number | null;
}

/** `GET /api/sites`: how fresh the measurements of each site are. */
export const sitesAnswer = (sites: readonly Site[], nowMs: number): HttpAnswer =>
  jsonAnswer(200, {
    as_of: instant(nowMs),
    data: sites.map(({ site, series, projects, lastMs, silentSinceMs }) => ({
      site,
      last_measured: lastMs === null ? null : instant(lastMs),
      silent: silentSinceMs !== null,
      silent_since: silentSinceMs === null ? null : instant(silentSinceMs),
      series,
      projects,
    })),
  });

const instant = (ms: number): string => instantText(ms, () => 0);
