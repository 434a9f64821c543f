export interface Row {
  readonly what: string;
  /** With its unit. */
  readonly figure: string;
  readonly ratio?: number;
  readonly comparedWith?: string;
  /** The figure as a number, where it has a target itself and no ratio. */
  readonly value?: number;
  /** The least ratio or value to reach. */
  readonly target?: number;
  /** A value that would be better still. */
  readonly stretch?: number;
  /** The largest ratio or value that will do. */
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

function targetCells(row: Row): readonly [target: string, verdict: string] {
  const { ratio, value = ratio, target, stretch, most } = row;
  const verdict = (isReached: boolean) => (isReached ? "reached" : "MISSED");
  if (value === undefined) return ["", ""];
  if (most !== undefined) return [`<= ${most.toLocaleString("en")}`, verdict(value <= most)];
  if (target === undefined) return ["", ""];
  const least = `>= ${target.toLocaleString("en")}`;
  if (stretch === undefined) return [least, verdict(value >= target)];
  return [
    `${least}, stretch ${stretch}`,
    value >= stretch ? "stretched" : verdict(value >= target),
  ];
}
