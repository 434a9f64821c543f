/** A mistake that somebody could make, and that a test has to see. */
export interface Mutation {
  /** Of its own among all mutations. */
  readonly id: string;
  /** Below the root. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly from: string;
  readonly to: string;
  /** What it would do to a user. */
  readonly harm: string;
  /** The test files that are to see it, below `test`. */
  readonly tests: readonly string[];
}
