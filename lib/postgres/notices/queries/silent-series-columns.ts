/** A series with its project, as a digest lists it. */
export interface SilentSeriesRow {
  readonly site: string;
  readonly project_name: string;
  readonly metric: string;
  readonly resource: string;
  readonly silent_since_ms: number;
}

/** Of `series`, `projects` and a column `silent_since`. */
export const silentSeriesColumns = `
  site, project_name, metric, resource,
  round(date_part('epoch', silent_since) * 1000) as silent_since_ms`;
