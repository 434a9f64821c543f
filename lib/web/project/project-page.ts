import type { Assets } from "../assets.ts";
import { type Figures, figuresOf } from "../figures.ts";
import { type Html, html } from "../html.ts";
import { documentOf } from "../shell.ts";
import { type Language, words as wordsOf } from "../words/languages.ts";
import type { Words } from "../words/words.ts";
import { type Addresses, addressesOf } from "./addresses.ts";
import { cards } from "./cards.ts";
import { costsChart, metricsOf, nameOf } from "./costs-chart.ts";
import { costsTable, sumOf } from "./costs-table.ts";
import type { ProjectPage } from "./page-data.ts";
import { rangeNames } from "./page-range.ts";
import { recordList } from "./records.ts";
import { usedChart } from "./used-chart.ts";

interface Written {
  readonly page: ProjectPage;
  readonly words: Words;
  readonly figures: Figures;
  readonly addresses: Addresses;
}

/** A project's page as a whole document. */
export function projectDocument(page: ProjectPage, language: Language, assets: Assets): string {
  const words = wordsOf[language];
  const title = `${words.creditsOfProject} ${page.projectName}`;
  const body = projectPage(page, words);
  return documentOf({ title, language, body, hasScript: true }, assets);
}

/** The body of a project's page. Every figure is the API's; what is rounded has the exact one as its title. */
export function projectPage(page: ProjectPage, words: Words): Html {
  const figures = figuresOf(words.language, page.timezone);
  const written = { page, words, figures, addresses: addressesOf(page, words.language) };
  return html`${header(written)}
${cards(page, words, figures)}
${page.curve.length === 0 ? "" : whenGone(written)}
${spentOn(written)}
<section><h2>${words.records}</h2>${recordList(page, words, figures)}</section>
${monthsOf(written)}
${page.link && html`<footer><p>${words.linkOpens(figures.dateTime(page.link.expiresMs))}</p></footer>`}`;
}

function header({ page, words, figures, addresses }: Written): Html {
  const until = page.measuredUntilMs;
  const freshness =
    until === null
      ? words.neverMeasured
      : words.measuredUntil(figures.dateTime(until), figures.ago(until, page.nowMs));
  const silent = page.silentSites.map(
    ({ site, sinceMs }) =>
      html`<p class="warning">${words.siteSilent(site, figures.dateTime(sinceMs))}</p>`,
  );
  return html`<header><p class="kicker">${words.creditsOfProject}</p>
<h1 dir="auto">${page.projectName}</h1>
<p>${freshness}</p>${silent}${zoneForm(page, words, addresses)}</header>`;
}

function zoneForm({ timezone, range }: ProjectPage, words: Words, addresses: Addresses): Html {
  const kept: (readonly [string, string])[] = [
    ...addresses.kept,
    ...(range.name === null
      ? ([
          ["from", new Date(range.fromMs).toISOString()],
          ["until", new Date(range.untilMs).toISOString()],
        ] as [string, string][])
      : ([["range", range.name]] as [string, string][])),
    ["lang", words.language],
  ];
  return html`<form method="get" class="zone"><label>${words.timeZone} <input name="timezone" value="${timezone}" size="18" autocomplete="off" spellcheck="false"></label>${kept.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}<button>${words.show}</button></form>`;
}

const whenGone = ({
  page,
  words,
  figures,
}: Written): Html => html`<section><h2>${words.whenGone}</h2>
<figure><figcaption>${words.usedAgainstGranted}</figcaption>${usedChart(page, words, figures)}</figure></section>`;

function spentOn(written: Written): Html {
  const { page, words, figures, addresses } = written;
  const { range } = page;
  const ranges = rangeNames.map((name) =>
    name === range.name
      ? html`<a aria-current="true" href="${addresses.page(name)}">${words.ranges[name]}</a>`
      : html`<a href="${addresses.page(name)}">${words.ranges[name]}</a>`,
  );
  const lengthMs = range.untilMs - range.fromMs;
  const laterMs = Math.min(range.untilMs + lengthMs, page.nowMs);
  const later =
    range.untilMs < page.nowMs
      ? html`<a href="${addresses.stretch(range.untilMs, laterMs)}" aria-label="${words.later}">›</a>`
      : "";
  const stretch = words.fromUntil(figures.dateTime(range.fromMs), figures.dateTime(range.untilMs));
  return html`<section><h2>${words.spentOn}</h2>
<nav class="ranges" aria-label="${words.spentOn}"><a href="${addresses.stretch(range.fromMs - lengthMs, range.fromMs)}" aria-label="${words.earlier}">‹</a>${ranges}${later}</nav>
${legend(written)}
<figure id="costs-chart"><figcaption>${words.creditsPer[range.bucket]}, ${stretch}</figcaption>${costsChart(page, words, figures)}
<output class="reading" aria-live="polite"></output><p class="hint" hidden>${words.hint}</p></figure>
<h3>${words.table}</h3>
${costsTable(written)}
<p><a href="${addresses.file("csv")}" download>${words.files.csv}</a> · <a href="${addresses.file("csv-excel")}" download>${words.files["csv-excel"]}</a></p></section>`;
}

function monthsOf({ page: { months }, words, addresses }: Written): Html {
  const links = months.map((month) => html`<a href="${addresses.statement(month)}">${month}</a>`);
  return months.length === 0
    ? html``
    : html`<section><h2>${words.statements}</h2><nav class="ranges" aria-label="${words.statements}">${links}</nav></section>`;
}

function legend({ page, words, figures }: Written): Html {
  const sum = sumOf(page.buckets);
  if (sum.credits === 0n) return html`<p>${words.nothingInRange}</p>`;
  const entries = metricsOf(page).map((metric, index) => {
    const credits = sum.byMetric.get(metric) ?? 0n;
    return html`<li><svg class="key" width="14" height="14" aria-hidden="true"><rect class="metric-${(index % 4) + 1}" width="14" height="14"/></svg>${nameOf(metric, words)} ${figures.exact(credits)} (${figures.percent(credits, sum.credits)})</li>`;
  });
  const isIncomplete = page.buckets.some(({ coverage }) => coverage !== "full");
  const mark = isIncomplete
    ? html`<li><svg class="key" width="14" height="14" aria-hidden="true"><path class="incomplete" d="M0,12H14"/></svg>${words.incomplete}</li>`
    : "";
  return html`<ul class="legend">${entries}${mark}</ul>`;
}
