import type { Measurement } from "../../billing/measurement.ts";
import type { DroppedSamples } from "../ledger/dropped-samples.ts";

/** The contents of one request, on their way to the queue. */
export interface Shipment {
  readonly measurements: readonly Measurement[];
  readonly dropped: DroppedSamples | undefined;
  /** The key of the sender. */
  readonly keyId: string;
}

/** The queue of accepted measurements: those that `enqueue` has taken are durable and will be billed. */
export interface MeasurementQueue {
  /**
   * Returns the number of messages. Throws `Unavailable` where not everything was taken; repeating it is
   * safe.
   */
  enqueue(shipment: Shipment): Promise<number>;
}

/** A decoded request. */
export interface ReceivedBody {
  readonly measurements: readonly Measurement[];
  /** Samples that were left out on purpose or refused: reason → number. */
  readonly dropped: Readonly<Record<string, number>>;
  /** When it arrived, Unix milliseconds. */
  readonly atMs: number;
}

export interface ReceivePolicy {
  /** The key of the sender. */
  readonly keyId: string;
  /** The only site that the sender may report for; undefined: any. */
  readonly site: string | undefined;
  /** The only projects that are billed; null: all. */
  readonly projectWhitelist: ReadonlySet<string> | null;
}

export interface Received {
  readonly accepted: number;
  /** Measurements of projects that are not on the whitelist. */
  readonly unlisted: number;
  /** How many messages the queue took. */
  readonly messages: number;
}

/** The sender's key may not report for this site. */
export class SiteForbidden extends Error {
  override readonly name = "SiteForbidden";
}

/**
 * Gives the measurements the site of their sender, leaves out projects that are not billed here, and
 * queues the rest, with the counts of those left out: a whitelist that stops all billing must leave a
 * sign. Throws `SiteForbidden` before anything is queued, and `Unavailable`.
 */
export async function receiveMeasurements(
  { measurements, dropped, atMs }: ReceivedBody,
  { keyId, site, projectWhitelist }: ReceivePolicy,
  queue: MeasurementQueue,
): Promise<Received> {
  const sited = site === undefined ? measurements : measurements.map((one) => atSite(one, site));
  const listed =
    projectWhitelist === null
      ? sited
      : sited.filter(({ projectName }) => projectWhitelist.has(projectName));
  const unlisted = sited.length - listed.length;
  const counts = Object.fromEntries(
    Object.entries({ ...dropped, unlisted }).filter(([, count]) => count > 0),
  );
  const isDropping = Object.keys(counts).length > 0;
  const allDropped = isDropping ? { keyId, atMs, counts } : undefined;
  const isEmpty = listed.length === 0 && !isDropping;
  const messages = isEmpty
    ? 0
    : await queue.enqueue({ measurements: listed, dropped: allDropped, keyId });
  return { accepted: listed.length, unlisted, messages };
}

function atSite(measurement: Measurement, site: string): Measurement {
  if (measurement.site === site) return measurement;
  if (measurement.site === "") return { ...measurement, site };
  throw new SiteForbidden(
    `This key may report for site ${JSON.stringify(site)} only, not for ${JSON.stringify(measurement.site)}.`,
  );
}
