import { formatCredits, parseCredits } from "../../billing/credits.ts";
import { CREDITS_SCALE, parseDecimal } from "../../billing/decimal.ts";
import { projectAddress } from "../../usecases/reading/project-address.ts";
import {
  type ListedProject,
  type ProjectSort,
  type ProjectsFound,
  projectStates,
} from "../../usecases/reading/projects-list.ts";
import type { Assets } from "../assets.ts";
import { type Figures, figuresOf } from "../figures.ts";
import { type Html, html } from "../html.ts";
import { documentOf } from "../shell.ts";
import { type Language, words as wordsOf } from "../words/languages.ts";
import type { Words } from "../words/words.ts";

/** Times in Unix milliseconds. */
export interface OperatorsSite {
  readonly site: string;
  readonly series: number;
  readonly projects: number;
  readonly lastMs: number | null;
  /** null: it reports. */
  readonly silentSinceMs: number | null;
}

export interface OperatorsPage {
  readonly nowMs: number;
  readonly timezone: string;
  /** A budget that ends within so many days counts as a warning. */
  readonly noticeDays: number;
  readonly found: ProjectsFound;
  readonly sites: readonly OperatorsSite[];
  /** What was asked for, without the cursor. */
  readonly query: Readonly<Record<string, string>>;
  /** null: it is the last page. */
  readonly nextCursor: string | null;
}

interface Written {
  readonly page: OperatorsPage;
  readonly words: Words;
  readonly figures: Figures;
}

/** All projects by urgency, and how fresh the sites are, as a whole document. */
export function operatorsDocument(page: OperatorsPage, language: Language, assets: Assets): string {
  const words = wordsOf[language];
  const written = { page, words, figures: figuresOf(language, page.timezone) };
  const body = html`<header><h1>${words.allProjects}</h1>
${summary(written)}</header>
<section>${searchForm(written)}
${page.found.projects.length === 0 ? html`<p>${words.noProjects}</p>` : projectsTable(written)}
${nextLink(written)}</section>
<section><h2>${words.sites}</h2>${sitesTable(written)}</section>`;
  return documentOf({ title: words.allProjects, language, body }, assets);
}

/** What is wrong, first; or that nothing is. */
function summary({ page, words, figures }: Written): Html {
  const { projects, over, warn, silent: still } = page.found.counts;
  const silent = page.sites.flatMap(({ site, silentSinceMs }) =>
    silentSinceMs === null ? [] : [words.siteSilent(site, figures.dateTime(silentSinceMs))],
  );
  const wrong = [
    ...silent,
    ...(over > 0 ? [words.projectsOver(over)] : []),
    ...(warn > 0 ? [words.projectsEnding(warn, page.noticeDays)] : []),
    ...(still > 0 ? [words.projectsSilent(still)] : []),
  ];
  const problems = wrong.map((sentence) => html`<p class="warning">${sentence}</p>`);
  return html`${problems}<p>${words.projectCount(projects)}${wrong.length === 0 && ` ${words.allRight}`}</p>`;
}

function searchForm({ page: { query, sites }, words }: Written): Html {
  const option = (value: string, name: string, chosen: string | undefined) =>
    value === (chosen ?? "")
      ? html`<option value="${value}" selected>${name}</option>`
      : html`<option value="${value}">${name}</option>`;
  const states = projectStates.map((state) =>
    option(state, words.projectStates[state], query["state"]),
  );
  const siteNames = sites
    .filter(({ site }) => site !== "")
    .map(({ site }) => option(site, site, query["site"]));
  const kept = ["sort", "lang", "timezone"].flatMap((name) => {
    const value = query[name];
    return value === undefined ? [] : [html`<input type="hidden" name="${name}" value="${value}">`];
  });
  return html`<form method="get" action="/" class="zone"><label>${words.search} <input name="search" value="${query["search"]}" size="18"></label>
<label>${words.state} <select name="state">${option("", words.any, query["state"])}${states}</select></label>
<label>${words.site} <select name="site">${option("", words.any, query["site"])}${siteNames}</select></label>${kept}<button>${words.show}</button></form>`;
}

const addressOf = (query: Readonly<Record<string, string>>): string => {
  const search = new URLSearchParams(query).toString();
  return search === "" ? "/" : `/?${search}`;
};

/** The other way round where it is the order already. */
function sortLink(name: string, sort: ProjectSort, { page: { query } }: Written): Html {
  const isOrder = query["sort"] === sort;
  return html`<a href="${addressOf({ ...query, sort: isOrder ? `-${sort}` : sort })}">${name}</a>`;
}

function projectsTable(written: Written): Html {
  const { page, words } = written;
  const columns: readonly (readonly [string, ProjectSort])[] = [
    [words.project, "name"],
    [words.state, "urgency"],
    [words.left, "remaining"],
    [words.goneAbout, "budget_ends"],
    [words.creditsADay, "burn_week"],
    [words.used, "used"],
    [words.grantedCredits, "granted"],
    [words.measured, "last_measured"],
  ];
  const heads = columns.map(
    ([name, sort]) => html`<th scope="col">${sortLink(name, sort, written)}</th>`,
  );
  return html`<div class="list" tabindex="0" role="region" aria-label="${words.allProjects}"><table class="figures">
<thead><tr>${heads}</tr></thead>
<tbody>
${page.found.projects.map((project) => projectRow(project, written))}</tbody>
</table></div>`;
}

function projectRow(project: ListedProject, { page, words, figures }: Written): Html {
  const { query, timezone } = page;
  const lang = query["lang"];
  const address = projectAddress("/credits_history", project.projectName, {
    timezone,
    ...(lang === undefined ? {} : { lang }),
  });
  const amount = (text: string | null) =>
    text === null
      ? "–"
      : html`<data value="${text}" title="${figures.exactText(text)}">${figures.short(parseCredits(text))}</data>`;
  const expectedMs = project.forecast?.end?.expectedMs ?? null;
  const aDay =
    project.forecast && 24n * parseDecimal(project.forecast.burnRates.week, CREDITS_SCALE);
  return html`<tr><th scope="row" dir="auto"><a href="${address}">${project.projectName}</a></th><td class="state-${project.state}">${words.projectStates[project.state]}</td><td>${amount(project.remainingCredits)}</td><td>${expectedMs === null ? "–" : figures.date(expectedMs)}</td><td>${amount(aDay === null ? null : formatCredits(aDay))}</td><td>${amount(project.usedCredits)}</td><td>${amount(project.grantedCredits)}</td><td>${project.lastMs === null ? "–" : figures.ago(project.lastMs, page.nowMs)}</td></tr>
`;
}

const nextLink = ({ page: { query, nextCursor: cursor }, words }: Written): Html =>
  cursor === null
    ? html``
    : html`<p><a href="${addressOf({ ...query, cursor })}" rel="next">${words.further}</a></p>`;

function sitesTable({ page, words, figures }: Written): Html {
  if (page.sites.length === 0) return html`<p>${words.neverMeasured}</p>`;
  const rows = page.sites.map(
    ({ site, series, projects, lastMs, silentSinceMs }) =>
      html`<tr><th scope="row" dir="auto">${site || "–"}</th><td>${projects}</td><td>${series}</td><td>${lastMs === null ? "–" : figures.ago(lastMs, page.nowMs)}</td><td>${silentSinceMs === null ? words.reports : words.silentSince(figures.dateTime(silentSinceMs))}</td></tr>
`,
  );
  const heads = [words.site, words.projects, words.series, words.measured, words.state];
  return html`<div class="list" tabindex="0" role="region" aria-label="${words.sites}"><table class="figures">
<thead><tr>${heads.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>
${rows}</tbody>
</table></div>`;
}
