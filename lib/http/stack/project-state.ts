/** What must be known of a project before anything of it is told. */
export interface ProjectState {
  readonly projectId: number;
  /** Changes with everything that is told of the project. */
  readonly version: string;
  /** Links of earlier generations were revoked. */
  readonly linkGeneration: number;
  /** Where it was measured. */
  readonly sites: readonly string[];
}
