export interface Row {
  readonly what: string;
  /** With its unit. */
  readonly figure: string;
  readonly ratio?: number;
  readonly comparedWith?: string;
  /** The least ratio to reach. */
  readonly target?: number;
  /** The largest ratio that will do. */
  readonly most?: number;
}

/** A table in which a figure stands beside its target. */
export function printTable(rows: readonly Row[]): void {
  const header = ["what", "figure", "ratio", "compared with", "target", ""];
  const cells = [header, ...rows.map(toCells)];
  const widths = header.map((_, column) => Math.max(...cells.map((row) => width(row[column]))));
  for (const [index, row] of cells.entries()) {
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    );
    if (index === 0) console.log(widths.map((length) => "-".repeat(length)).join("  "));
  }
}

const width = (cell: string | undefined) => cell?.length ?? 0;

const toCells = (row: Row): string[] => [
  row.what,
  row.figure,
  row.ratio?.toFixed(2) ?? "",
  row.comparedWith ?? "",
  ...targetCells(row),
];

function targetCells({ ratio, target, most }: Row): readonly [target: string, verdict: string] {
  const verdict = (isReached: boolean) => (isReached ? "reached" : "MISSED");
  if (ratio === undefined) return ["", ""];
  if (target !== undefined) return [`>= ${target}`, verdict(ratio >= target)];
  if (most !== undefined) return [`<= ${most}`, verdict(ratio <= most)];
  return ["", ""];
}
