import type { APIGatewayProxyEventV2 } from "aws-lambda";
import * as z from "zod/mini";
import { exactCredits } from "../billing/credits.ts";
import { CREDITS_SCALE, exactNumber, formatDecimal, parseDecimal } from "../billing/decimal.ts";
import { type PerWindow, RATE_SCALE, roundRate } from "../billing/forecast.ts";
import { dayMs } from "../billing/time.ts";
import { type ReadVariable, readAll } from "../config.ts";
import { readForecastNoticeDays, readSilenceAfterMs } from "../settings/notices.ts";
import { utcText } from "../usecases/reading/calendar.ts";
import { projectAddress } from "../usecases/reading/project-address.ts";
import {
  type ListedProject,
  type ProjectsFound,
  type ProjectsPage,
  projectSorts,
  projectStates,
} from "../usecases/reading/projects-list.ts";
import { cursorOf, readCursor } from "./cursor.ts";
import { readName, readOneOf, readWholeNumber } from "./parameters.ts";
import type { Query } from "./range-query.ts";
import { type HttpAnswer, jsonAnswer } from "./stack/answer.ts";
import type { Caller } from "./stack/http-context.ts";
import { tagged } from "./stack/unchanged.ts";

/** When a project is a warning, and when it is silent. */
export const readListSettings = (read: ReadVariable) =>
  readAll({ noticeDays: readForecastNoticeDays, silenceAfterMs: readSilenceAfterMs }, read);
type ListSettings = ReturnType<typeof readListSettings>;

export const projectsMax = 1_000;
const limitPreset = 100;
const Place = z.tuple([
  z.string().check(z.regex(/^-?(\d+(\.\d+)?|Infinity)$/)),
  z.string().check(z.regex(/^[^\0]*$/)),
]);

/** The query of `GET /api/projects`; throws a 400 problem that says what to change. */
export function readProjectsQuery(
  { queryStringParameters: query = {} }: APIGatewayProxyEventV2,
  caller: Caller,
  { noticeDays, silenceAfterMs }: ListSettings,
  nowMs: number,
): ProjectsPage {
  const order = query["sort"] || "urgency";
  const place = readCursor(query, "", Place);
  return {
    scope: {
      search: readName("search", query),
      site: readName("site", query),
      projects: caller.projects ?? null,
      ownSite: caller.site ?? null,
      warnUntilMs: nowMs + noticeDays * dayMs,
      silentBeforeMs: nowMs - silenceAfterMs,
    },
    state: query["state"] ? readOneOf("state", query["state"], projectStates) : null,
    sort: readOneOf("sort", order.replace(/^-/, ""), projectSorts),
    isDescending: order.startsWith("-"),
    after: place && { rank: place[0], projectName: place[1] },
    limit: readWholeNumber("limit", query["limit"] || String(limitPreset), 1, projectsMax),
  };
}

/** `GET /api/projects`: `found` has one project more than the page where another page follows. */
export function projectsAnswer(
  { counts, projects }: ProjectsFound,
  { limit }: ProjectsPage,
  { queryStringParameters: query = {} }: APIGatewayProxyEventV2,
  nowMs: number,
): HttpAnswer {
  const { page, nextCursor: next_cursor } = pageOf(projects, limit, query);
  const content = { total: counts, next_cursor, data: page.map(projectOf) };
  return tagged(jsonAnswer(200, { as_of: utcText(nowMs), ...content }), content);
}

/** Of one project more than a page has, the page and where the next one begins; null: it is the last. */
export function pageOf(projects: readonly ListedProject[], limit: number, query: Query) {
  const page = projects.slice(0, limit);
  const last = page.at(-1);
  const nextCursor =
    projects.length > limit && last !== undefined
      ? cursorOf([last.rank, last.projectName], query, "")
      : null;
  return { page, nextCursor };
}

const projectOf = (project: ListedProject) => ({
  project_name: project.projectName,
  state: project.state,
  used_credits: exactCredits(project.usedCredits),
  granted_credits: orNull(project.grantedCredits, exactCredits),
  remaining_credits: orNull(project.remainingCredits, exactCredits),
  pending_credits: exactCredits(project.pendingCredits),
  ...forecastOf(project.forecast),
  last_measured: orNull(project.lastMs, utcText),
  sites: project.sites,
  page: projectAddress("/credits_history", project.projectName),
});

const forecastOf = (forecast: ListedProject["forecast"]) => ({
  burn_rates: orNull(forecast, ({ burnRates: { day, week, month } }) => ({
    day: rateOf(day),
    week: rateOf(week),
    month: rateOf(month),
  })),
  budget_ends: orNull(forecast?.end ?? null, (end) => ({
    earliest: utcText(end.earliestMs),
    expected: orNull(end.expectedMs, utcText),
    latest: orNull(end.latestMs, utcText),
  })),
  computed_at: orNull(forecast?.computedMs ?? null, utcText),
});

const rateOf = (credits: PerWindow<string>["day"]) =>
  exactNumber(formatDecimal(roundRate(parseDecimal(credits, CREDITS_SCALE)), RATE_SCALE));

const orNull = <Value, Result>(value: Value | null, of: (value: Value) => Result): Result | null =>
  value === null ? null : of(value);
