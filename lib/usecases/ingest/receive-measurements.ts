import type { Measurement } from "../../billing/measurement.ts";
import type { DroppedSamples } from "../ledger/dropped-samples.ts";

/** The share of one request that goes to the queue. */
export interface Shipment {
  readonly measurements: readonly Measurement[];
  readonly dropped: DroppedSamples | undefined;
  /** Of the key that sent it. */
  readonly keyId: string;
}

/** Takes accepted measurements: once `enqueue` has answered, they are durable and will be billed. */
export interface MeasurementQueue {
  /** Answers the number of messages. Throws `Unavailable` where not everything was taken; repeating it is safe. */
  enqueue(shipment: Shipment): Promise<number>;
}

/** The content of a request, decoded. */
export interface ReceivedBody {
  readonly measurements: readonly Measurement[];
  /** Reason → number of samples that were left out on purpose. */
  readonly dropped: Readonly<Partial<Record<string, number>>>;
  /** How much of the request is at fault. */
  readonly faultCount: number;
  /** Nothing is taken where anything is at fault; otherwise what is valid is taken. */
  readonly isAllOrNothing: boolean;
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
  /** Reason → number of samples, above 0: `faulty` are those at fault, `unlisted` is the whitelist's. */
  readonly dropped: Readonly<Record<string, number>>;
  /** How many the queue took. */
  readonly messages: number;
}

/** The sender's key may not report for this site. */
export class SiteForbidden extends Error {
  override readonly name = "SiteForbidden";
}

/**
 * Gives a sender's measurements its site, leaves out those of projects that are not billed here, and queues
 * the rest with the counts of what was left out: a whitelist that stops all billing must not do so without
 * a sign. Throws `SiteForbidden` before anything is queued, and `Unavailable`.
 */
export async function receiveMeasurements(
  { measurements, dropped, faultCount, isAllOrNothing, atMs }: ReceivedBody,
  { keyId, site, projectWhitelist }: ReceivePolicy,
  queue: MeasurementQueue,
): Promise<Received> {
  if (isAllOrNothing && faultCount > 0) {
    return { accepted: 0, dropped: { faulty: faultCount }, messages: 0 };
  }
  const sited = site === undefined ? measurements : measurements.map((one) => atSite(one, site));
  const listed =
    projectWhitelist === null
      ? sited
      : sited.filter(({ projectName }) => projectWhitelist.has(projectName));
  const unlisted = sited.length - listed.length;
  const counts = onlyCounted({ ...dropped, faulty: faultCount, unlisted });
  const messages = await enqueue(queue, listed, { keyId, atMs, counts });
  return { accepted: listed.length, dropped: counts, messages };
}

const onlyCounted = (counts: Readonly<Partial<Record<string, number>>>) =>
  Object.fromEntries(
    Object.entries(counts).flatMap(([reason, count = 0]) => (count > 0 ? [[reason, count]] : [])),
  );

async function enqueue(
  queue: MeasurementQueue,
  measurements: readonly Measurement[],
  dropped: DroppedSamples,
): Promise<number> {
  const { keyId } = dropped;
  const isDropping = Object.keys(dropped.counts).length > 0;
  if (measurements.length === 0 && !isDropping) return 0;
  return queue.enqueue({ measurements, dropped: isDropping ? dropped : undefined, keyId });
}

function atSite(measurement: Measurement, site: string): Measurement {
  if (measurement.site === site) return measurement;
  if (measurement.site === "") return { ...measurement, site };
  throw new SiteForbidden(
    `This key may report for site ${JSON.stringify(site)} only, not for ${JSON.stringify(measurement.site)}.`,
  );
}
