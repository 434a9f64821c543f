import type { DecimalText } from "../../billing/decimal.ts";

export interface ScanResult {
  /** Limits that projects have reached: each has one notice now. */
  readonly noticed: number;
  /** Limits that projects are below again. */
  readonly rearmed: number;
}

/**
 * Compares every project's used credits with every threshold, a percentage of its granted credits, and
 * throws `Unavailable`. A limit is a project and a threshold. It is armed until a scan sees it reached
 * and writes a notice (`insert-limit-notices`); then it is noticed until a scan sees the used credits
 * below it, whatever the cause (`update-limits-rearmed`). The rule stands in these two statements, which
 * compare all projects in one pass; README.md has it as a table.
 */
export type LimitScan = (thresholds: readonly DecimalText[], nowMs: number) => Promise<ScanResult>;
