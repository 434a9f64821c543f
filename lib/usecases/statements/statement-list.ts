/** A month of a project, as a list shows it. */
export interface ListedStatement {
  readonly month: string;
  /** When it ends, Unix milliseconds; null: it is closed. */
  readonly endMs: number | null;
  /** Up to its end, at CREDITS_SCALE. */
  readonly used: bigint;
  /** null: it is open. */
  readonly sha256: string | null;
}

export interface StatementList {
  readonly timezone: string;
  /** The newest first. */
  readonly statements: readonly ListedStatement[];
}
