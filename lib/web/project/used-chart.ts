import { area, curveStepAfter, line } from "d3-shape";
import { CREDITS_SCALE } from "../../billing/decimal.ts";
import { type BudgetEnd, forecastEnd } from "../../billing/forecast.ts";
import { dayMs } from "../../billing/time.ts";
import {
  chart,
  horizontal,
  type Plot,
  plotHeight,
  plotOf,
  plotWidth,
  point,
  share,
} from "../chart/plot.ts";
import type { Figures } from "../figures.ts";
import { type Html, html } from "../html.ts";
import type { Words } from "../words/words.ts";
import type { CreditRecord, ProjectPage } from "./page-data.ts";

/** For a drawing only. */
export const toFloat = (credits: bigint): number => Number(credits) / 10 ** CREDITS_SCALE;

interface Spot {
  readonly atMs: number;
  readonly credits: number;
}

/** When what is left will be gone, or null where nothing can be said. */
export function endOf({ granted, used, usage, nowMs }: ProjectPage): BudgetEnd | null {
  return granted === null ? null : forecastEnd(usage, granted - used, nowMs);
}

/** Used credits against granted ones, the limits between, and where they meet if it goes on like this. */
export function usedChart(page: ProjectPage, words: Words, figures: Figures): Html {
  const used = page.curve.map(({ atMs, used }) => ({ atMs, credits: toFloat(used) }));
  const first = used.at(0);
  const last = used.at(-1);
  if (first === undefined || last === undefined) return html``;
  const granted = grantSteps(page, first.atMs);
  const end = endOf(page);
  const untilMs = chartEndMs(page, first.atMs, end);
  const highest = Math.max(
    ...used.map(({ credits }) => credits),
    ...granted.map(({ credits }) => credits),
  );
  const plot = plotOf(first.atMs, untilMs, highest * 1.05);
  return chart({
    plot,
    timeZone: page.timezone,
    figures,
    label: describe(page, words, figures),
    paths: html`${usedPaths(plot, used)}${grantPaths(plot, granted, page)}${forecastPaths(plot, last, granted.at(-1), end)}${adjustmentPaths(plot, page, used)}`,
    marks: marks(plot, page, { words, figures }),
  });
}

function describe(page: ProjectPage, words: Words, figures: Figures): string {
  const used = `${words.used}: ${figures.exact(page.used)}`;
  const granted = page.granted === null ? [] : [words.granted(figures.exact(page.granted))];
  return [words.usedAgainstGranted, used, ...granted].join("; ");
}

/** The axis ends with the last forecast, but never leaves less than a third of its width to the past. */
function chartEndMs({ nowMs }: ProjectPage, fromMs: number, end: BudgetEnd | null): number {
  const past = Math.max(nowMs - fromMs, dayMs);
  const wanted = end === null ? nowMs : (end.latestMs ?? end.expectedMs ?? end.earliestMs);
  return Math.min(Math.max(wanted, nowMs, fromMs + dayMs), nowMs + 2 * past);
}

/** What was granted from when on; before the first record, what that record says was granted before. */
function grantSteps({ grants, granted }: ProjectPage, fromMs: number): Spot[] {
  if (granted === null) return [];
  const before = grants.findLast(({ atMs }) => atMs <= fromMs);
  const later = grants.filter(({ atMs }) => atMs > fromMs);
  const spot = ({ atMs, after }: CreditRecord) => ({ atMs, credits: toFloat(after) });
  const start = before === undefined ? [] : [{ ...spot(before), atMs: fromMs }];
  const steps = [...start, ...later.map(spot)];
  return steps.length > 0 ? steps : [{ atMs: fromMs, credits: toFloat(granted) }];
}

function usedPaths({ x, y }: Plot, used: readonly Spot[]): Html {
  const spotX = ({ atMs }: Spot) => x(atMs);
  const spotY = ({ credits }: Spot) => y(credits);
  const filled = area<Spot>().x(spotX).y0(plotHeight).y1(spotY).digits(1);
  const drawn = line<Spot>().x(spotX).y(spotY).digits(1);
  return html`<path class="used-area" d="${filled([...used])}"/><path class="used" d="${drawn([...used])}"/>`;
}

function grantPaths({ x, y, untilMs }: Plot, granted: readonly Spot[], page: ProjectPage): Html {
  const last = granted.at(-1);
  if (last === undefined) return html``;
  const steps = line<Spot>()
    .x(({ atMs }) => x(atMs))
    .y(({ credits }) => y(credits))
    .curve(curveStepAfter)
    .digits(1);
  const limits = limitsOf(page).map((limit) => horizontal(y(limit.credits)));
  return html`<path class="limit" d="${limits.join("")}"/><path class="granted" d="${steps([...granted, { ...last, atMs: untilMs }])}"/>`;
}

/** The thresholds below the whole grant. */
function limitsOf({ thresholds, granted }: ProjectPage) {
  if (granted === null || granted === 0n) return [];
  return thresholds
    .map((threshold) => Number(threshold))
    .filter((percent) => percent < 100)
    .map((percent) => ({ percent, credits: (percent / 100) * toFloat(granted) }));
}

function forecastPaths(
  { x, y, untilMs }: Plot,
  last: Spot,
  granted: Spot | undefined,
  end: BudgetEnd | null,
): Html {
  if (end === null || granted === undefined) return html``;
  const to = (ms: number) => towards(last, { atMs: ms, credits: granted.credits }, untilMs);
  const at = ({ atMs, credits }: Spot) => point(x(atMs), y(credits));
  // Without a latest end nothing may be used at all: the lower edge of the band is flat.
  const lowest =
    end.latestMs === null ? { atMs: untilMs, credits: last.credits } : to(end.latestMs);
  const top = to(end.earliestMs);
  const corner = { atMs: lowest.atMs, credits: top.credits };
  const band = `M${at(last)}L${at(top)}L${at(corner)}L${at(lowest)}Z`;
  const expected = end.expectedMs === null ? "" : `M${at(last)}L${at(to(end.expectedMs))}`;
  return html`<path class="band" d="${band}"/><path class="expected" d="${expected}"/>`;
}

/** The point of the straight line from `from` to `to` where the axis ends, or `to` itself. */
function towards(from: Spot, to: Spot, untilMs: number): Spot {
  if (to.atMs <= untilMs || to.atMs <= from.atMs) return to;
  const part = (untilMs - from.atMs) / (to.atMs - from.atMs);
  return { atMs: untilMs, credits: from.credits + part * (to.credits - from.credits) };
}

const adjustmentsOf = (page: ProjectPage, { fromMs, untilMs }: Plot) =>
  page.records.filter(
    ({ kind, atMs }) => kind === "adjustment" && fromMs <= atMs && atMs <= untilMs,
  );

function adjustmentPaths(plot: Plot, page: ProjectPage, used: readonly Spot[]): Html {
  const ticks = adjustmentsOf(page, plot).map(({ atMs }) => {
    const credits = used.findLast((spot) => spot.atMs <= atMs)?.credits ?? 0;
    const [x, y] = [plot.x(atMs), plot.y(credits)];
    return `M${point(x, Math.max(y - 8, 0))}L${point(x, Math.min(y + 8, plotHeight))}`;
  });
  return html`<path class="adjusted" d="${ticks.join("")}"/>`;
}

function marks(
  plot: Plot,
  page: ProjectPage,
  { words, figures }: { readonly words: Words; readonly figures: Figures },
): Html {
  const y = (credits: number) => Math.max(Math.round(plot.y(credits)) - 4, 11);
  const limits = limitsOf(page).map(
    ({ percent, credits }) =>
      html`<text class="limit-name" x="99.5%" y="${y(credits)}">${figures.percent(BigInt(Math.round(percent)), 100n)}</text>`,
  );
  const granted =
    page.granted === null
      ? []
      : [
          html`<text class="granted-name" x="${share(plotWidth / 2)}" y="${y(toFloat(page.granted))}">${words.granted(figures.short(page.granted))}</text>`,
        ];
  return html`${limits}${granted}`;
}
