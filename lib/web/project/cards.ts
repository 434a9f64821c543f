import { CREDITS_SCALE } from "../../billing/decimal.ts";
import { burnRates, RATE_SCALE, roundRate } from "../../billing/forecast.ts";
import { dayMs } from "../../billing/time.ts";
import type { Figures } from "../figures.ts";
import { type Html, html } from "../html.ts";
import type { Words } from "../words/words.ts";
import type { ProjectPage } from "./page-data.ts";
import { endOf } from "./used-chart.ts";

/** The three answers: what is left, when it is gone, what it costs now. */
export function cards(page: ProjectPage, words: Words, figures: Figures): Html {
  return html`<div class="cards">${leftCard(page, words, figures)}${endCard(page, words, figures)}${rateCard(page, words, figures)}</div>`;
}

const card = (id: string, title: string, figure: Html, notes: readonly (Html | string)[]): Html =>
  html`<section class="card" id="${id}"><h2>${title}</h2><p class="figure">${figure}</p>${notes.map((note) => html`<p>${note}</p>`)}</section>`;

/** Rounded for the eye, exact on demand. */
const amount = (credits: bigint, figures: Figures): Html =>
  html`<data value="${figures.exact(credits)}" title="${figures.exact(credits)}">${figures.short(credits)}</data>`;

function leftCard(page: ProjectPage, words: Words, figures: Figures): Html {
  const { granted, used } = page;
  const open = [
    ...(page.pending > 0n ? [words.pending(figures.exact(page.pending))] : []),
    ...(page.held > 0n ? [words.held(figures.exact(page.held))] : []),
  ];
  if (granted === null) {
    return card("left", words.used, amount(used, figures), [
      words.noGrant(figures.exact(used)),
      ...open,
    ]);
  }
  const left = granted - used;
  const ofGranted = words.ofGranted(figures.exact(granted), figures.exact(used));
  if (left < 0n) {
    const since = overSinceMs(page);
    return card("left", words.over, amount(-left, figures), [
      ofGranted,
      ...(since === null ? [] : [words.overSince(figures.date(since))]),
      ...open,
    ]);
  }
  const share = granted === 0n ? "" : ` (${figures.percent(used, granted)})`;
  const bar = html`<meter min="0" max="100" value="${percentOf(used, granted)}" aria-label="${ofGranted}"></meter>`;
  return card("left", words.left, amount(left, figures), [bar, ofGranted + share, ...open]);
}

const percentOf = (used: bigint, granted: bigint): number =>
  granted === 0n ? 0 : Number((used * 1000n) / granted) / 10;

/** The first point of the curve from which on more was used than is granted now. */
function overSinceMs({ curve, granted }: ProjectPage): number | null {
  if (granted === null) return null;
  const lastWithin = curve.findLastIndex(({ used }) => used <= granted);
  return curve[lastWithin + 1]?.atMs ?? null;
}

function endCard(page: ProjectPage, words: Words, figures: Figures): Html {
  const end = endOf(page);
  if (end === null)
    return card("end", words.goneAbout, html`${words.noDate}`, [whyNoDate(page, words)]);
  const date = (ms: number) =>
    html`<time datetime="${new Date(ms).toISOString()}">${figures.date(ms)}</time>`;
  const [earliest, latest] = [end.earliestMs, end.latestMs].map((ms) =>
    ms === null ? null : figures.date(ms),
  );
  const range =
    latest === null ? words.notBefore(earliest ?? "") : words.between(earliest ?? "", latest ?? "");
  // On one day all of it says nothing but the date once more.
  const between = earliest === latest ? [] : [`${range}, ${words.ifItGoesOn}`];
  return card("end", words.goneAbout, date(end.expectedMs ?? end.earliestMs), [
    ...between,
    ...(isYoung(page) ? [words.tooLittle] : []),
  ]);
}

function whyNoDate(page: ProjectPage, words: Words): string {
  if (page.granted === null) return words.noDateWithoutGrant;
  if (page.granted <= page.used) return words.isGone;
  return page.usage.credits.month > 0n ? words.moreThanTenYears : words.noDateWithoutUsage;
}

const isYoung = ({ usage, nowMs }: ProjectPage): boolean =>
  usage.firstMs !== null && nowMs - usage.firstMs < dayMs;

function rateCard(page: ProjectPage, words: Words, figures: Figures): Html {
  // The API's rate, which is rounded, by the day: 24 times the one is the other, digit for digit.
  const anHour = roundRate(burnRates(page.usage, page.nowMs).week);
  const aDay = anHour * 24n * 10n ** BigInt(CREDITS_SCALE - RATE_SCALE);
  return card("rate", words.nowCosts, html`${words.aDay(figures.short(aDay))}`, [
    `${words.lastWeek}: ${figures.exact(aDay)}${comparison(page, words, figures)}`,
  ]);
}

function comparison({ usage, weekBefore }: ProjectPage, words: Words, figures: Figures): string {
  if (weekBefore === null) return "";
  const week = usage.credits.week;
  if (weekBefore <= 0n) return `; ${words.nothingBefore}`;
  const change = week - weekBefore;
  const percent = figures.percent(change < 0n ? -change : change, weekBefore);
  if (percent === figures.percent(0n, 1n)) return `; ${words.sameAsBefore}`;
  return `; ${change > 0n ? words.moreThanBefore(percent) : words.lessThanBefore(percent)}`;
}
