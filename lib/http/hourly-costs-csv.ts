import { formatCredits } from "../billing/credits.ts";
import { type DecimalText, formatDecimal, VALUE_SCALE } from "../billing/decimal.ts";
import { instantText, type ZoneOffset } from "../usecases/reading/calendar.ts";
import { type Bucket, costBuckets, type LedgerCosts } from "../usecases/reading/cost-buckets.ts";
import { type CsvCell, type CsvFormat, csvAnswer } from "./csv.ts";
import { type CostsQuery, clippedEdges, inOrder } from "./hourly-costs.ts";
import type { HttpAnswer } from "./stack/answer.ts";
import { problem } from "./stack/problem.ts";

const columns = [
  "start",
  "end",
  "timezone",
  "metric",
  "site",
  "resource",
  "unit",
  "usage",
  "credits",
  "coverage",
  "corrected_at",
];
const rowsMax = 100_000;

interface CostRow {
  readonly metric: string;
  readonly site: string | null;
  readonly resource: string | null;
  readonly unit: string;
  /** null: a change without usage. */
  readonly usage: DecimalText | null;
  readonly credits: DecimalText;
}

/**
 * The costs as a table: a row for each bucket and what is told apart in it, one for its adjustments, and
 * one without a metric for a bucket with neither. The credits add up to what was used in the range.
 */
export function costsCsv(asked: CostsQuery, costs: LedgerCosts, format: CsvFormat): HttpAnswer {
  const { buckets } = costBuckets(costs, clippedEdges(asked));
  const rows = buckets.flatMap((bucket) => rowsOf(bucket).map((row) => ({ row, bucket })));
  if (rows.length > rowsMax) {
    const detail = `The range has ${rows.length} rows, more than ${rowsMax}: take a larger bucket or a shorter range.`;
    throw problem("range-too-large", "bucket", detail);
  }
  const cells = rows.map(({ row, bucket }) => cellsOf(row, bucket, asked, format));
  return csvAnswer(format, fileNameOf(asked), columns, cells);
}

function rowsOf({ by, adjustments }: Bucket): readonly CostRow[] {
  const none = { site: null, resource: null, unit: "" };
  const rows = [...by.values()].sort(inOrder).map(
    ({ usage, credits, ...group }): CostRow => ({
      ...group,
      usage: formatDecimal(usage, VALUE_SCALE),
      credits: formatCredits(credits),
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

function fileNameOf({ projectName, fromMs, untilMs, offset }: CostsQuery): string {
  const day = (ms: number) => instantText(ms, offset).slice(0, 10);
  // The last day is the one that the range still touches.
  const name = projectName.replace(/[/\\]/g, "_");
  return `${name} ${day(fromMs)} ${day(untilMs - 1)}.csv`;
}
