import { formatCredits } from "../billing/credits.ts";
import { type DecimalText, formatDecimal, PRICE_SCALE, VALUE_SCALE } from "../billing/decimal.ts";
import { instantText, type ZoneOffset } from "../usecases/reading/calendar.ts";
import { type Bucket, costBuckets, type LedgerCosts } from "../usecases/reading/cost-buckets.ts";
import {
  billedPrice,
  fileNameOf,
  rowsMax,
  type TariffOfMetric,
  tooManyRows,
} from "./costs-file.ts";
import { type CsvCell, type CsvFormat, csvAnswer } from "./csv.ts";
import { type CostsQuery, clippedEdges, inOrder } from "./hourly-costs.ts";
import type { HttpAnswer } from "./stack/answer.ts";

const columns = [
  "start",
  "end",
  "timezone",
  "metric",
  "site",
  "resource",
  "unit",
  "usage",
  "price",
  "credits",
  "coverage",
  "corrected_at",
];

interface CostRow {
  readonly metric: string;
  readonly site: string | null;
  readonly resource: string | null;
  readonly unit: string;
  /** null: a change without usage. */
  readonly usage: DecimalText | null;
  /** Of a unit, at PRICE_SCALE; null: there were several, or there is no usage. */
  readonly price: bigint | null;
  readonly credits: DecimalText;
}

/**
 * The costs as a table: a row for each bucket and what is told apart in it, one for its adjustments, and
 * one without a metric for a bucket with neither. The credits add up to what was used in the range.
 */
export function costsCsv(
  asked: CostsQuery,
  costs: LedgerCosts,
  tariffOf: TariffOfMetric,
  format: CsvFormat,
): HttpAnswer {
  const { buckets } = costBuckets(costs, clippedEdges(asked));
  const rows = buckets.flatMap((bucket) =>
    rowsOf(bucket, tariffOf).map((row) => ({ row, bucket })),
  );
  if (rows.length > rowsMax) throw tooManyRows(rows.length);
  const cells = rows.map(({ row, bucket }) => cellsOf(row, bucket, asked, format));
  return csvAnswer(format, fileNameOf(asked), columns, cells);
}

function rowsOf(bucket: Bucket, tariffOf: TariffOfMetric): readonly CostRow[] {
  const { by, adjustments } = bucket;
  const none = { site: null, resource: null, unit: "", price: null };
  const rows = [...by.values()].sort(inOrder).map(
    (cost): CostRow => ({
      ...cost,
      usage: formatDecimal(cost.usage, VALUE_SCALE),
      price: billedPrice(cost, tariffOf(cost.metric), bucket.startMs, bucket.endMs),
      credits: formatCredits(cost.credits),
    }),
  );
  if (adjustments !== 0n) {
    rows.push({ ...none, metric: "adjustment", usage: null, credits: formatCredits(adjustments) });
  }
  return rows.length > 0 ? rows : [{ ...none, metric: "", usage: "0.0", credits: "0.0" }];
}

function cellsOf(row: CostRow, bucket: Bucket, asked: CostsQuery, format: CsvFormat): CsvCell[] {
  const { startMs, endMs, coverage, correctedMs } = bucket;
  const instant = (ms: number) => ({ text: timeText(ms, asked.offset, format) });
  return [
    instant(startMs),
    instant(endMs),
    { text: asked.timezone },
    { text: row.metric },
    { text: row.site ?? "" },
    { text: row.resource ?? "" },
    { text: row.unit },
    row.usage === null ? { text: "" } : { amount: row.usage },
    row.price === null ? { text: "" } : { amount: formatDecimal(row.price, PRICE_SCALE) },
    { amount: row.credits },
    { text: coverage },
    correctedMs === null ? { text: "" } : instant(correctedMs),
  ];
}

/** Excel takes a time for one only as its wall clock shows it. */
function timeText(ms: number, offset: ZoneOffset, format: CsvFormat): string {
  const instant = instantText(ms, offset);
  return format === "csv" ? instant : instant.slice(0, 16).replace("T", " ");
}
