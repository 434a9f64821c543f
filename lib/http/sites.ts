import { utcText } from "../usecases/reading/calendar.ts";
import { type HttpAnswer, jsonAnswer } from "./stack/answer.ts";
import type { Caller } from "./stack/http-context.ts";
import { forbidden } from "./stack/read-access.ts";
import { tagged } from "./stack/unchanged.ts";

/** Times in Unix milliseconds. */
export interface Site {
  readonly site: string;
  readonly series: number;
  readonly projects: number;
  readonly lastMs: number | null;
  /** null: it reports. */
  readonly silentSinceMs: number | null;
}

/** `GET /api/sites`: how fresh the measurements of each site are that the caller's key may see. */
export function sitesAnswer(sites: readonly Site[], caller: Caller, nowMs: number): HttpAnswer {
  if (caller.projects !== undefined) {
    throw forbidden(`The key ${caller.keyId} may read its projects only.`);
  }
  const data = sitesOf(sites, caller).map(({ site, series, projects, lastMs, silentSinceMs }) => ({
    site,
    last_measured: lastMs === null ? null : utcText(lastMs),
    silent: silentSinceMs !== null,
    silent_since: silentSinceMs === null ? null : utcText(silentSinceMs),
    series,
    projects,
  }));
  return tagged(jsonAnswer(200, { as_of: utcText(nowMs), data }), data);
}

/** The sites that the caller's key may see: none where it is bound to projects. */
export const sitesOf = (sites: readonly Site[], { site: own, projects }: Caller): readonly Site[] =>
  sites.filter(({ site }) => projects === undefined && (own === undefined || site === own));
