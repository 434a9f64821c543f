import type { Measurement } from "../billing/measurement.ts";

/** Where accepted measurements go: what `enqueue` has taken is durable and will be billed. */
export interface MeasurementQueue {
  /** Throws `Unavailable` where not everything was taken; repeating it is safe. */
  enqueue(measurements: readonly Measurement[]): Promise<void>;
}

export interface ReceivePolicy {
  /** The only site that the sender may report for; undefined: any. */
  readonly site: string | undefined;
  /** The only projects that are billed; null: all. */
  readonly projectWhitelist: ReadonlySet<string> | null;
}

export interface Received {
  readonly accepted: number;
  /** Measurements of projects that are not on the whitelist. */
  readonly unlisted: number;
}

/** The sender's key may not report for this site. */
export class SiteForbidden extends Error {
  override readonly name = "SiteForbidden";
}

/**
 * Gives a sender's measurements its site, leaves out who is not billed here, and queues the rest.
 * Throws `SiteForbidden` before anything is queued, and `Unavailable`.
 */
export async function receiveMeasurements(
  measurements: readonly Measurement[],
  { site, projectWhitelist }: ReceivePolicy,
  queue: MeasurementQueue,
): Promise<Received> {
  const sited = site === undefined ? measurements : measurements.map((one) => atSite(one, site));
  const listed =
    projectWhitelist === null
      ? sited
      : sited.filter(({ projectName }) => projectWhitelist.has(projectName));
  if (listed.length > 0) await queue.enqueue(listed);
  return { accepted: listed.length, unlisted: sited.length - listed.length };
}

function atSite(measurement: Measurement, site: string): Measurement {
  if (measurement.site === site) return measurement;
  if (measurement.site === "") return { ...measurement, site };
  throw new SiteForbidden(
    `This key may report for site ${JSON.stringify(site)} only, not for ${JSON.stringify(measurement.site)}.`,
  );
}
