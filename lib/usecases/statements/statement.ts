import type { DecimalText } from "../../billing/decimal.ts";
import type { Bucket, GroupCost, LedgerCosts } from "../reading/cost-buckets.ts";
import { costBuckets } from "../reading/cost-buckets.ts";
import type { Month } from "./months.ts";

/** What a metric cost at a site. Usage at VALUE_SCALE, credits at CREDITS_SCALE. */
export interface StatementLine {
  readonly metric: string;
  readonly unit: string;
  readonly site: string;
  readonly usage: bigint;
  readonly credits: bigint;
}

/** What changed of a month after its statement was closed, or of one that had none. */
export interface CorrectionLine extends StatementLine {
  /** `2026-09`: when it was used. */
  readonly month: string;
}

export interface StatementAdjustment {
  /** A bigint as text. */
  readonly id: string;
  readonly atMs: number;
  readonly credits: bigint;
  readonly reason: string;
  readonly actor: string;
}

export interface StatementGrant {
  readonly atMs: number;
  readonly granted: DecimalText;
  readonly reason: string;
  readonly actor: string;
}

/** What a project used and was granted at an instant; null: no grant was known. */
export interface Balance {
  readonly used: bigint;
  readonly granted: DecimalText | null;
}

/** A month of a project. `opening.used` and all amounts in between add up to `closing.used`. */
export interface Statement {
  readonly month: Month;
  readonly opening: Balance;
  readonly usage: readonly StatementLine[];
  readonly corrections: readonly CorrectionLine[];
  readonly adjustments: readonly StatementAdjustment[];
  readonly grants: readonly StatementGrant[];
  readonly closing: Balance;
  readonly coverage: Bucket["coverage"];
}

/** What closed statements have accounted for already. */
export interface Closed {
  readonly month: string;
  readonly used: bigint;
  readonly adjustmentIds: readonly string[];
  /** Their usage and corrections, by the month in which it was used. */
  readonly lines: readonly CorrectionLine[];
}

/** All that the statements of a project are made of. */
export interface Books {
  /** From the first month of the project on, ascending. */
  readonly months: readonly Month[];
  /** By metric and site, from the beginning to the end of the last month. */
  readonly costs: LedgerCosts;
  readonly adjustments: readonly StatementAdjustment[];
  readonly grants: readonly StatementGrant[];
  /** Ascending. */
  readonly closed: readonly Closed[];
}

/**
 * The statements behind the last closed one, in the order of their months. What has changed of months that
 * are closed stands as corrections in the first of them: a closed statement never changes.
 */
export function openStatements(books: Books): readonly Statement[] {
  const { months, closed, grants } = books;
  const last = closed.at(-1);
  const open = months.filter(({ name }) => last === undefined || name > last.month);
  const buckets = bucketsByMonth(books);
  const statements: Statement[] = [];
  for (const month of open) {
    const isFirst = statements.length === 0;
    const before = statements.at(-1)?.closing.used ?? last?.used ?? 0n;
    const usage = linesOf(buckets.get(month.name));
    const corrections = isFirst ? correctionsOf(books, buckets, month) : [];
    const adjustments = adjustmentsOf(books, month, isFirst);
    const amounts = [...usage, ...corrections, ...adjustments];
    const used = amounts.reduce((sum, { credits }) => sum + credits, before);
    statements.push({
      month,
      opening: { used: before, granted: grantedBefore(grants, month.startMs) },
      usage,
      corrections,
      adjustments,
      grants: grants.filter(({ atMs }) => month.startMs <= atMs && atMs < month.endMs),
      closing: { used, granted: grantedBefore(grants, month.endMs) },
      coverage: buckets.get(month.name)?.coverage ?? "none",
    });
  }
  return statements;
}

function bucketsByMonth({ months, costs }: Books): ReadonlyMap<string, Bucket> {
  const [first] = months;
  if (first === undefined) return new Map();
  const { buckets } = costBuckets(costs, [first.startMs, ...months.map(({ endMs }) => endMs)]);
  return new Map(months.map(({ name }, index) => [name, buckets[index] as Bucket]));
}

const keyOf = ({ metric, site }: { readonly metric: string; readonly site: string | null }) =>
  JSON.stringify([metric, site ?? ""]);
const byKey = (one: StatementLine, other: StatementLine) => (keyOf(one) < keyOf(other) ? -1 : 1);

const linesOf = (bucket: Bucket | undefined): readonly StatementLine[] =>
  [...(bucket?.by.values() ?? [])].map(lineOf).sort(byKey);

const lineOf = ({ metric, unit, site, usage, credits }: GroupCost): StatementLine => ({
  metric,
  unit,
  site: site ?? "",
  usage,
  credits,
});

/** What the ledger has for earlier months, less what closed statements have accounted for. */
function correctionsOf(
  { months, closed }: Books,
  buckets: ReadonlyMap<string, Bucket>,
  until: Month,
): readonly CorrectionLine[] {
  const accounted = Map.groupBy(
    closed.flatMap(({ lines }) => lines),
    ({ month }) => month,
  );
  const names = new Set([...months.map(({ name }) => name), ...accounted.keys()]);
  return [...names]
    .filter((name) => name < until.name)
    .sort()
    .flatMap((name) => {
      const now = linesOf(buckets.get(name));
      return differenceOf(accounted.get(name) ?? [], now).map((line) => ({ ...line, month: name }));
    });
}

function differenceOf(
  before: readonly StatementLine[],
  after: readonly StatementLine[],
): readonly StatementLine[] {
  const sums = new Map<string, StatementLine>();
  const add = (line: StatementLine, sign: bigint) => {
    const sum = sums.get(keyOf(line));
    sums.set(keyOf(line), {
      ...line,
      usage: (sum?.usage ?? 0n) + sign * line.usage,
      credits: (sum?.credits ?? 0n) + sign * line.credits,
    });
  };
  for (const line of before) add(line, -1n);
  for (const line of after) add(line, 1n);
  return [...sums.values()]
    .filter(({ usage, credits }) => usage !== 0n || credits !== 0n)
    .sort(byKey);
}

/** Those of the month; in the first open one also those that were booked for earlier months since. */
function adjustmentsOf(
  { adjustments, closed }: Books,
  { startMs, endMs }: Month,
  isFirst: boolean,
): readonly StatementAdjustment[] {
  const accounted = new Set(closed.flatMap(({ adjustmentIds }) => adjustmentIds));
  return adjustments.filter(
    ({ id, atMs }) => !accounted.has(id) && atMs < endMs && (isFirst || atMs >= startMs),
  );
}

/** The grant that counted right before an instant. */
const grantedBefore = (grants: readonly StatementGrant[], atMs: number): DecimalText | null =>
  grants.findLast((grant) => grant.atMs < atMs)?.granted ?? null;
