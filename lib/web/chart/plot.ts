import { type ScaleLinear, scaleLinear, scaleUtc } from "d3-scale";
import { dayMs } from "../../billing/time.ts";
import { instantOf, zoneOffset } from "../../usecases/reading/calendar.ts";
import type { Figures } from "../figures.ts";
import { type Html, html } from "../html.ts";

/** What is drawn is as wide as this, and as high as `plotHeight`, whatever the width of the screen. */
export const plotWidth = 1000;
export const plotHeight = 220;
/** Below the plot: the labels of the axis of time. */
const axisHeight = 26;
/** Above it: the highest label. */
const headroom = 18;

/** Positions of instants and amounts in the plot. Floats: a drawing only has to be near. */
export interface Plot {
  readonly x: (ms: number) => number;
  readonly y: (credits: number) => number;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly amounts: ScaleLinear<number, number>;
}

export function plotOf(fromMs: number, untilMs: number, highest: number): Plot {
  const amounts = scaleLinear()
    .domain([0, highest > 0 ? highest : 1])
    .range([plotHeight, headroom]);
  const x = scaleLinear().domain([fromMs, untilMs]).range([0, plotWidth]);
  return { x, y: amounts, fromMs, untilMs, amounts };
}

const tenths = (value: number): number => Math.round(value * 10) / 10;

/** Coordinates as a path has them; a tenth of a unit is less than a pixel. */
export const point = (x: number, y: number): string => `${tenths(x)},${tenths(y)}`;

export const horizontal = (y: number): string => `M0,${tenths(y)}H${plotWidth}`;

interface Tick {
  readonly ms: number;
  readonly label: string;
}

/** Some instants that are round on the zone's clock. */
function timeTicks({ fromMs, untilMs }: Plot, timeZone: string, figures: Figures): Tick[] {
  const offset = zoneOffset(timeZone);
  const offsetMs = offset(fromMs);
  const wall = scaleUtc().domain([new Date(fromMs + offsetMs), new Date(untilMs + offsetMs)]);
  const spanMs = untilMs - fromMs;
  const label =
    spanMs > 200 * dayMs ? figures.month : spanMs > 2 * dayMs ? figures.day : figures.time;
  return wall.ticks(6).map((tick) => {
    // Summer time may have begun or ended since the beginning of the axis.
    const ms = instantOf(tick.getTime(), offset);
    return { ms, label: label(ms) };
  });
}

/** A label too near to the edge would be cut. */
const isWithin = (x: number): boolean => x > 0.03 * plotWidth && x < 0.97 * plotWidth;

interface Drawing {
  readonly plot: Plot;
  readonly timeZone: string;
  readonly figures: Figures;
  /** What a screen reader says of the whole. */
  readonly label: string;
  /** Paths in the coordinates of the plot. */
  readonly paths: Html;
  /** Words beside lines. */
  readonly marks?: Html;
}

/**
 * A chart: what is drawn is stretched to the width of the screen, words are not, so they stand beside it
 * at a share of the width.
 */
export function chart({ plot, timeZone, figures, label, paths, marks }: Drawing): Html {
  const amounts = plot.amounts.ticks(5).filter((tick) => tick > 0);
  const grid = amounts.map((tick) => horizontal(plot.y(tick))).join("");
  const times = timeTicks(plot, timeZone, figures).filter(({ ms }) => isWithin(plot.x(ms)));
  return html`<svg class="chart" role="img" aria-label="${label}" width="100%" height="${plotHeight + axisHeight}">
<svg class="plot" width="100%" height="${plotHeight}" viewBox="0 0 ${plotWidth} ${plotHeight}" preserveAspectRatio="none">
<path class="grid" d="${grid}"/>${paths}</svg>
${amounts.map((tick) => html`<text class="amount" x="3" y="${tenths(plot.y(tick)) - 3}">${figures.axis(tick)}</text>`)}
${times.map(({ ms, label: text }, index) => html`<text class="${index % 2 === 0 ? "time" : "time odd"}" x="${share(plot.x(ms))}" y="${plotHeight + 18}">${text}</text>`)}
${marks}</svg>`;
}

/** A position as a share of the width. */
export const share = (x: number): string => `${Math.round((x / plotWidth) * 1000) / 10}%`;
