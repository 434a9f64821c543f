import { type ClaimSize, claimSize, leaseMs } from "./claim-policy.ts";
import {
  type Circuit,
  circuitAfter,
  isClosed,
  type Outcome,
  outcomeOfFailure,
  sendMsMax,
} from "./delivery-policy.ts";
import { type Channel, DeliveryFailed, type Notice, type RecipientOutcomes } from "./notice.ts";

/** A notice that only this run may send for a while. */
export interface ClaimedDelivery {
  /** The outbox finds the delivery by it. */
  readonly key: string;
  readonly notice: Notice;
  /** The number of this attempt, counting from 1. */
  readonly tries: number;
  /** Of earlier tries, and of this one as soon as it has ended. */
  readonly recipients: RecipientOutcomes;
}

export interface Outbox {
  /**
   * Gives new notices, those to operators first, a delivery for each channel that takes them. False:
   * there may be more.
   */
  dispatch(channels: readonly Channel[], nowMs: number): Promise<boolean>;
  circuit(channel: string): Promise<Circuit>;
  keepCircuit(channel: string, circuit: Circuit): Promise<void>;
  /** Stops all sending to the channel; the deliveries that are due there have failed. */
  disable(channel: string, reason: string, nowMs: number): Promise<void>;
  /**
   * Takes the deliveries that have been due the longest, those to operators before those to projects
   * within the given size; no other run gets them until the lease is over.
   */
  claim(
    channel: string,
    size: ClaimSize,
    times: { readonly nowMs: number; readonly leaseUntilMs: number },
  ): Promise<readonly ClaimedDelivery[]>;
  /**
   * Records an outcome. A failure counts only where no other run has claimed the delivery since, and the
   * channel was not disabled; a delivery counts always, and so do the outcomes of its recipients.
   */
  finish(
    channel: string,
    delivery: ClaimedDelivery,
    outcome: Outcome,
    nowMs: number,
  ): Promise<void>;
}

/** Everything that is not the same in every run. */
export interface Effects {
  readonly nowMs: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly onFailure: (channel: string, notice: Notice, error: DeliveryFailed) => void;
}

export interface Delivered {
  readonly channel: string;
  readonly delivered: number;
  readonly failed: number;
}

/**
 * Gives new notices their deliveries and sends what is due, each channel beside the others, until
 * nothing is due or the time is up. At least once: a run that dies between sending and recording
 * leaves a claim, and after it the same notice goes out again with the same id.
 */
export async function deliverNotices(
  channels: readonly Channel[],
  outbox: Outbox,
  effects: Effects,
  deadlineMs: number,
): Promise<readonly Delivered[]> {
  const isOver = () => effects.nowMs() + sendMsMax >= deadlineMs;
  while (!isOver() && !(await outbox.dispatch(channels, effects.nowMs())));
  return allOf(channels.map((channel) => deliverTo(channel, outbox, effects, isOver)));
}

/** Where one fails the others come to their end first: none may go on while the function is frozen. */
async function allOf<T>(promises: readonly Promise<T>[]): Promise<readonly T[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

/** One channel's part of a run. */
async function deliverTo(
  channel: Channel,
  outbox: Outbox,
  effects: Effects,
  isOver: () => boolean,
): Promise<Delivered> {
  const { name } = channel;
  let [delivered, failed] = [0, 0];
  while (!isOver()) {
    const nowMs = effects.nowMs();
    // Read each time, because other runs and operators open and close it, too.
    const circuit = await outbox.circuit(name);
    if (!isClosed(circuit, nowMs)) break;
    const lease = { nowMs, leaseUntilMs: nowMs + leaseMs };
    const claimed = await outbox.claim(name, claimSize(circuit), lease);
    if (claimed.length === 0) break;
    const results = await allOf(claimed.map((one) => deliver(one, channel, outbox, effects)));
    const failures = results.filter((result) => result !== undefined);
    failed += failures.length;
    delivered += results.length - failures.length;
    const gone = failures.find(({ about }) => about === "gone");
    if (gone !== undefined) await outbox.disable(name, gone.message, effects.nowMs());
    const next = circuitAfter(circuit, results, effects.nowMs(), effects.random());
    if (next !== circuit) await outbox.keepCircuit(name, next);
  }
  return { channel: name, delivered, failed };
}

/** Sends one notice and records its outcome. Undefined: it was delivered. */
async function deliver(
  delivery: ClaimedDelivery,
  channel: Channel,
  outbox: Outbox,
  { nowMs, random, onFailure }: Effects,
): Promise<DeliveryFailed | undefined> {
  const { notice, tries } = delivery;
  const failure = await send(channel, delivery);
  if (failure !== undefined) onFailure(channel.name, notice, failure);
  const outcome: Outcome =
    failure === undefined
      ? { state: "delivered" }
      : outcomeOfFailure(failure, tries, nowMs(), random());
  await outbox.finish(channel.name, delivery, outcome, nowMs());
  return failure;
}

async function send(
  channel: Channel,
  { notice, recipients }: ClaimedDelivery,
): Promise<DeliveryFailed | undefined> {
  try {
    await channel.send(notice, recipients);
    return undefined;
  } catch (error) {
    if (error instanceof DeliveryFailed) return error;
    // A channel's own fault concerns this notice: it must not hold up all others for ever.
    return new DeliveryFailed("notice", String(error), { cause: error });
  }
}
