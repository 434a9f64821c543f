import type { DecimalText } from "../../billing/decimal.ts";
import type { Usage } from "../../billing/forecast.ts";
import type { Opened } from "./opened.ts";
import type { PageRange } from "./page-range.ts";

/** Credits are at CREDITS_SCALE, times in Unix milliseconds. */
export interface CostBucket {
  readonly startMs: number;
  readonly endMs: number;
  /** `partial`: it runs, or something in it is pending or silent; `none`: nothing was measured in it. */
  readonly coverage: "full" | "partial" | "none";
  readonly correctedMs: number | null;
  readonly credits: bigint;
  readonly adjustments: bigint;
  readonly byMetric: ReadonlyMap<string, bigint>;
}

export interface CurvePoint {
  readonly atMs: number;
  /** Used by then. */
  readonly used: bigint;
}

/** What changed a balance or a grant by other means than measuring. */
export interface CreditRecord {
  readonly kind: "grant" | "adjustment" | "correction";
  readonly atMs: number;
  readonly before: bigint | null;
  readonly after: bigint;
  readonly reason: string;
  readonly actor: string;
}

export interface ProjectPage extends Opened {
  readonly nowMs: number;
  readonly timezone: string;
  readonly measuredUntilMs: number | null;
  /** The last ones for which there is a statement, newest first, as `2026-10`. */
  readonly months: readonly string[];
  readonly silentSites: readonly { readonly site: string; readonly sinceMs: number }[];
  readonly used: bigint;
  /** null: not known yet. */
  readonly granted: bigint | null;
  readonly pending: bigint;
  readonly held: bigint;
  readonly usage: Usage;
  /** Used in the week before the last one; null: the project is younger. */
  readonly weekBefore: bigint | null;
  /** Percentages of the grant at which people are told, as `50`. */
  readonly thresholds: readonly DecimalText[];
  /** Ascending; ends at `measuredUntilMs`. */
  readonly curve: readonly CurvePoint[];
  /** Ascending. */
  readonly grants: readonly CreditRecord[];
  /** The last ones, newest first. */
  readonly records: readonly CreditRecord[];
  readonly range: PageRange;
  /** Ascending. */
  readonly buckets: readonly CostBucket[];
}
