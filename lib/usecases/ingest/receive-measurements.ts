import type { Measurement } from "../../billing/measurement.ts";
import type { DroppedSamples } from "../ledger/dropped-samples.ts";

/** What one request brings to the queue. */
export interface Shipment {
  readonly measurements: readonly Measurement[];
  readonly dropped: DroppedSamples | undefined;
  /** Of the key that sent it. */
  readonly keyId: string;
}

/** Where accepted measurements go: what `enqueue` has taken is durable and will be billed. */
export interface MeasurementQueue {
  /** Says in how many messages. Throws `Unavailable` where not everything was taken; repeating it is safe. */
  enqueue(shipment: Shipment): Promise<number>;
}

/** What a request held, decoded. */
export interface ReceivedBody {
  readonly measurements: readonly Measurement[];
  /** What was left out on purpose or refused: reason → number of samples. */
  readonly dropped: Readonly<Record<string, number>>;
  /** When it arrived, Unix milliseconds. */
  readonly atMs: number;
}

export interface ReceivePolicy {
  /** Names the sender's key. */
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
  /** How many the queue took. */
  readonly messages: number;
}

/** The sender's key may not report for this site. */
export class SiteForbidden extends Error {
  override readonly name = "SiteForbidden";
}

/**
 * Gives a sender's measurements its site, leaves out who is not billed here, and queues the rest, with
 * the counts of what is left out: a whitelist that stops all billing must not do so without a sign.
 * Throws `SiteForbidden` before anything is queued, and `Unavailable`.
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
  const told = isDropping ? { keyId, atMs, counts } : undefined;
  const isNothing = listed.length === 0 && !isDropping;
  const messages = isNothing
    ? 0
    : await queue.enqueue({ measurements: listed, dropped: told, keyId });
  return { accepted: listed.length, unlisted, messages };
}

function atSite(measurement: Measurement, site: string): Measurement {
  if (measurement.site === site) return measurement;
  if (measurement.site === "") return { ...measurement, site };
  throw new SiteForbidden(
    `This key may report for site ${JSON.stringify(site)} only, not for ${JSON.stringify(measurement.site)}.`,
  );
}
