import type { Figures } from "../figures.ts";
import { type Html, html } from "../html.ts";
import type { Words } from "../words/words.ts";
import type { Addresses } from "./addresses.ts";
import { metricsOf, nameOf } from "./costs-chart.ts";
import type { CostBucket, ProjectPage } from "./page-data.ts";

interface Table {
  readonly page: ProjectPage;
  readonly words: Words;
  readonly figures: Figures;
  readonly addresses: Addresses;
}

/** The rows behind the bars, newest first, with their sum; the script reads them, too. */
export function costsTable(table: Table): Html {
  const { page, words, figures } = table;
  const metrics = metricsOf(page);
  const isAdjusted = page.buckets.some(({ adjustments }) => adjustments !== 0n);
  const head = [
    ...metrics.map((metric) => nameOf(metric, words)),
    ...(isAdjusted ? [words.adjustments] : []),
    words.credits,
  ];
  const figuresOfRow = (row: Amounts): Html[] => [
    ...metrics.map((metric) => html`<td>${figures.exact(row.byMetric.get(metric) ?? 0n)}</td>`),
    ...(isAdjusted ? [html`<td>${figures.exact(row.adjustments)}</td>`] : []),
    html`<td>${figures.exact(row.credits + row.adjustments)}</td>`,
  ];
  const rows = page.buckets.toReversed().map((bucket) => {
    const start = html`<th scope="row"><time datetime="${new Date(bucket.startMs).toISOString()}">${startOf(bucket, table)}</time></th>`;
    return html`<tr data-start="${bucket.startMs}" data-end="${bucket.endMs}">${start}${figuresOfRow(bucket)}<td>${remarks(bucket, table)}</td></tr>
`;
  });
  return html`<div class="wide" tabindex="0" role="region" aria-label="${words.table}"><table id="costs">
<thead><tr><th scope="col">${words.start}</th>${head.map((name) => html`<th scope="col">${name}</th>`)}<th scope="col">${words.remarks}</th></tr></thead>
<tbody>
${rows}</tbody>
<tfoot><tr><th scope="row">${words.sum}</th>${figuresOfRow(sumOf(page.buckets))}<td></td></tr></tfoot>
</table></div>`;
}

type Amounts = Pick<CostBucket, "byMetric" | "adjustments" | "credits">;

export function sumOf(buckets: readonly CostBucket[]): Amounts {
  const byMetric = new Map<string, bigint>();
  let [credits, adjustments] = [0n, 0n];
  for (const bucket of buckets) {
    credits += bucket.credits;
    adjustments += bucket.adjustments;
    for (const [metric, amount] of bucket.byMetric) {
      byMetric.set(metric, (byMetric.get(metric) ?? 0n) + amount);
    }
  }
  return { byMetric, credits, adjustments };
}

function startOf({ startMs }: CostBucket, { page, figures }: Table): string {
  if (page.range.bucket === "hour") return figures.dateTime(startMs);
  return page.range.bucket === "month" ? figures.month(startMs) : figures.date(startMs);
}

function remarks(bucket: CostBucket, { page, words, figures, addresses }: Table): Html {
  const said = [
    ...(bucket.coverage === "partial" ? [words.incomplete] : []),
    ...(bucket.coverage === "none" ? [words.noData] : []),
    ...(bucket.correctedMs === null
      ? []
      : [`${words.corrected} ${figures.date(bucket.correctedMs)}`]),
  ].join(", ");
  if (bucket.coverage === "none") return html`${said}`;
  const isHour = page.range.bucket === "hour";
  const address = isHour
    ? addresses.hour(bucket.startMs)
    : addresses.stretch(bucket.startMs, bucket.endMs);
  const further = isHour ? words.whyThisMuch : words.closer;
  return html`${said}${said === "" ? "" : " · "}<a href="${address}">${further}</a>`;
}
