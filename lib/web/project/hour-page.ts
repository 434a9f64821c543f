import { formatCredits } from "../../billing/credits.ts";
import { formatDecimal, PRICE_SCALE, VALUE_SCALE } from "../../billing/decimal.ts";
import type { ExplainedPart } from "../../billing/explain.ts";
import { calculationOf } from "../../billing/explain-calculation.ts";
import type { Sample } from "../../billing/sample.ts";
import type { TariffPeriod } from "../../billing/tariff.ts";
import { hourMs } from "../../billing/time.ts";
import type { ExplainedProjectHour, ExplainedSeries } from "../../usecases/reading/explain-hour.ts";
import type { Assets } from "../assets.ts";
import { type Figures, figuresOf } from "../figures.ts";
import { type Html, html } from "../html.ts";
import { documentOf } from "../shell.ts";
import { type Language, words as wordsOf } from "../words/languages.ts";
import type { Words } from "../words/words.ts";
import { addressOfPage } from "./addresses.ts";
import { nameOf } from "./costs-chart.ts";
import type { Opened } from "./opened.ts";

/** An hour of a project, and what explains it. */
export interface HourPage extends Opened {
  /** Unix milliseconds. */
  readonly hour: number;
  readonly timezone: string;
  readonly explained: ExplainedProjectHour;
}

/** "Why this much?": an hour of a project as a whole document. */
export function hourDocument(page: HourPage, language: Language, assets: Assets): string {
  const words = wordsOf[language];
  const figures = figuresOf(language, page.timezone);
  const title = `${words.whyThisMuch} ${page.projectName}`;
  return documentOf({ title, language, body: hourPage(page, words, figures) }, assets);
}

function hourPage(page: HourPage, words: Words, figures: Figures): Html {
  const { explained, hour, projectName } = page;
  const total = explained.series.reduce((sum, { billed }) => sum + billed.credits, 0n);
  const range = words.fromUntil(figures.dateTime(hour), figures.dateTime(hour + hourMs));
  const back = addressOfPage(page, { timezone: page.timezone, lang: words.language });
  const adjustments = explained.adjustments.map(
    ({ atMs, credits, reason, actor }) =>
      html`<li>${figures.dateTime(atMs)}: ${words.adjusted(figures.exact(credits))}, ${words.by(actor)}. <q>${reason}</q></li>`,
  );
  return html`<header><p class="kicker">${words.creditsOfProject} <a href="${back}" dir="auto">${projectName}</a></p>
<h1>${words.whyThisMuch}</h1>
<p>${range} (${page.timezone}): ${words.creditsUsed(figures.exact(total))}</p></header>
${explained.series.length === 0 && html`<p>${words.nothingInRange}</p>`}
${explained.series.map((series) => seriesSection(series, hour, words, figures))}
${adjustments.length > 0 && html`<section><h2>${words.adjustments}</h2><ul class="records">${adjustments}</ul></section>`}`;
}

function seriesSection(
  series: ExplainedSeries,
  hour: number,
  words: Words,
  figures: Figures,
): Html {
  const { metric, site, resource, unit, billed, measurements } = series;
  const names = [nameOf(metric, words), site, resource].filter((name) => name !== "");
  const used = [figures.exactText(formatDecimal(billed.usage, VALUE_SCALE)), unit].join(" ").trim();
  return html`<section><h2 dir="auto">${names.join(" · ")}</h2>
<p>${words.usage} ${used}: ${words.creditsUsed(figures.exact(billed.credits))}</p>
${measurements === "kept" ? partsTable(series, hour, words, figures) : html`<p class="warning">${words.measurements[measurements]}</p>`}
${notesOf(series, words, figures)}</section>`;
}

function partsTable(
  { parts }: ExplainedSeries,
  hour: number,
  words: Words,
  figures: Figures,
): Html {
  const amounts = (usage: bigint, credits: bigint) =>
    html`<td>${formatDecimal(usage, VALUE_SCALE)}</td><td>${formatCredits(credits)}</td>`;
  const rows = parts.map(
    (part) =>
      html`<tr><th scope="row">${words.rules[part.rule]}</th><td class="prose times">${measured(part, hour, figures)}</td><td class="prose">${calculationOf(part.calculated, words.calculation)}</td>${amounts(part.usage, part.credits)}</tr>
`,
  );
  const [usage, credits] = [
    parts.reduce((sum, part) => sum + part.usage, 0n),
    parts.reduce((sum, part) => sum + part.credits, 0n),
  ];
  return html`<div class="wide" tabindex="0" role="region" aria-label="${words.table}"><table class="figures parts">
<thead><tr><th scope="col">${words.rule}</th><th scope="col" class="prose">${words.measured}</th><th scope="col" class="prose">${words.calculated}</th><th scope="col">${words.usage}</th><th scope="col">${words.credits}</th></tr></thead>
<tbody>
${rows}</tbody>
<tfoot><tr><th scope="row">${words.sum}</th><td></td><td></td>${amounts(usage, credits)}</tr></tfoot>
</table></div>`;
}

/** When the measurements were taken that a part lies between; with the day where it is another than the hour's. */
function measured({ from, to }: ExplainedPart, hour: number, figures: Figures): Html {
  const time = ({ timeMs }: Sample) => {
    const isOfDay = figures.date(timeMs) === figures.date(hour);
    const written = isOfDay ? figures.clock(timeMs) : figures.moment(timeMs);
    return html`<time datetime="${new Date(timeMs).toISOString()}">${written}</time>`;
  };
  return from === null ? time(to) : html`${time(from)} – ${time(to)}`;
}

/** At which prices, what is not booked, and what was changed or decided afterwards. */
function notesOf(series: ExplainedSeries, words: Words, figures: Figures): Html {
  const { parts, pendingCredits, held, corrections, decisions } = series;
  const prices = new Set(parts.flatMap(({ price }) => price ?? []));
  const notes = [
    ...[...prices].map((price) => priceNote(price, words, figures)),
    ...(pendingCredits > 0n ? [html`${words.pending(figures.exact(pendingCredits))}`] : []),
    ...held.map(
      ({ fromMs, untilMs, credits }) =>
        html`${words.fromUntil(figures.dateTime(fromMs), figures.dateTime(untilMs))}: ${words.held(figures.exact(credits))}`,
    ),
    ...corrections.map((one) => {
      const change = words.hoursCorrected(
        figures.exact(one.creditsBefore),
        figures.exact(one.creditsAfter),
      );
      const reason = one.note ?? words.reasons[one.reason] ?? one.reason;
      return html`${words.corrected} ${figures.dateTime(one.atMs)}: ${change}, ${words.by(one.actor)}. <q>${reason}</q>`;
    }),
    ...decisions.map(
      ({ decision, fromMs, untilMs, atMs, actor, reason }) =>
        html`${figures.dateTime(atMs)}, ${words.fromUntil(figures.dateTime(fromMs), figures.dateTime(untilMs))}: ${words.decisions[decision]}, ${words.by(actor)}. <q>${reason}</q>`,
    ),
  ];
  return notes.length === 0
    ? html``
    : html`<ul class="records">${notes.map((note) => html`<li>${note}</li>`)}</ul>`;
}

function priceNote({ fromMs, credits, recordedBy }: TariffPeriod, words: Words, figures: Figures) {
  const since = Number.isFinite(fromMs) ? figures.dateTime(fromMs) : null;
  const price = words.price(figures.exactText(formatDecimal(credits, PRICE_SCALE)), since);
  return html`${price}${recordedBy !== undefined && `, ${words.by(recordedBy)}`}`;
}
