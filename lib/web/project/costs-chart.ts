import { stack } from "d3-shape";
import { chart, type Plot, plotHeight, plotOf, point } from "../chart/plot.ts";
import type { Figures } from "../figures.ts";
import { type Html, html } from "../html.ts";
import type { Words } from "../words/words.ts";
import type { CostBucket, ProjectPage } from "./page-data.ts";
import { toFloat } from "./used-chart.ts";

/** Fixed, so that a colour keeps its metric from range to range: vCPUs, memory, then the others by name. */
const firstMetrics = ["project_vcpu_usage", "project_mb_usage"];
const orderOf = (metric: string): string =>
  `${firstMetrics.indexOf(metric) === -1 ? 9 : firstMetrics.indexOf(metric)}${metric}`;

/** The metrics of the range in their order. */
export const metricsOf = ({ buckets }: ProjectPage): readonly string[] =>
  [...new Set(buckets.flatMap(({ byMetric }) => [...byMetric.keys()]))].sort((one, other) =>
    orderOf(one) < orderOf(other) ? -1 : 1,
  );

export const nameOf = (metric: string, words: Words): string => words.metrics[metric] ?? metric;

/** Credits of each bucket, stacked by metric; incomplete ones have a mark below. */
export function costsChart(page: ProjectPage, words: Words, figures: Figures): Html {
  const { buckets, range, timezone } = page;
  const metrics = metricsOf(page);
  const layers = stack<CostBucket, string>()
    .keys(metrics)
    .value((bucket, metric) => Math.max(toFloat(bucket.byMetric.get(metric) ?? 0n), 0))([
    ...buckets,
  ]);
  const tops = layers.flatMap((layer) => layer.map(([, top]) => top));
  const plot = plotOf(range.fromMs, range.untilMs, Math.max(0, ...tops) * 1.05);
  const bars = layers.map((layer, position) => {
    const path = layer.map(([low, high], index) => bar(plot, buckets[index], low, high)).join("");
    return html`<path class="bar metric-${(position % 4) + 1}" d="${path}"/>`;
  });
  const incomplete = buckets
    .filter(({ coverage }) => coverage !== "full")
    .map((bucket) => stripe(plot, bucket));
  return chart({
    plot,
    timeZone: timezone,
    figures,
    label: `${words.creditsPer[range.bucket]}: ${metrics.map((metric) => nameOf(metric, words)).join(", ")}`,
    paths: html`${patterns}${bars}<path class="incomplete" d="${incomplete.join("")}"/>`,
  });
}

/** Colour alone tells nothing to many eyes, so all but the first metric are hatched, each differently. */
const patterns = html`<defs>
<pattern id="metric-2" width="5" height="5" patternUnits="userSpaceOnUse"><rect class="metric-2-ground" width="5" height="5"/><path class="hatch" d="M0,5L5,0"/></pattern>
<pattern id="metric-3" width="5" height="5" patternUnits="userSpaceOnUse"><rect class="metric-3-ground" width="5" height="5"/><path class="hatch" d="M0,2H5"/></pattern>
<pattern id="metric-4" width="5" height="5" patternUnits="userSpaceOnUse"><rect class="metric-4-ground" width="5" height="5"/><path class="hatch" d="M2,0V5"/></pattern>
</defs>`;

function bar(plot: Plot, bucket: CostBucket | undefined, low: number, high: number): string {
  if (bucket === undefined || high <= low) return "";
  const { left, right } = edges(plot, bucket);
  const [top, bottom] = [plot.y(high), plot.y(low)];
  return `M${point(left, bottom)}V${round(top)}H${round(right)}V${round(bottom)}Z`;
}

function stripe(plot: Plot, bucket: CostBucket): string {
  const { left, right } = edges(plot, bucket);
  return `M${point(left, plotHeight - 1.5)}H${round(right)}`;
}

function edges({ x }: Plot, { startMs, endMs }: CostBucket) {
  const [start, end] = [x(startMs), x(endMs)];
  const gap = Math.min((end - start) * 0.15, 4);
  return { left: start + gap / 2, right: end - gap / 2 };
}

const round = (value: number): number => Math.round(value * 10) / 10;
