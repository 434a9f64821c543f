import {
  afterFailure,
  type Circuit,
  closedCircuit,
  leaseMs,
  nextTryMs,
  sendMsMax,
  triesMax,
} from "./delivery-policy.ts";
import { type Channel, DeliveryFailed, type Notice } from "./notice.ts";

/** A notice that this run alone may send for a while. */
export interface ClaimedDelivery {
  /** What the outbox knows it by. */
  readonly key: string;
  readonly notice: Notice;
  /** Which one is this, from 1. */
  readonly tries: number;
}

/** What became of a delivery. */
export type Outcome =
  | { readonly state: "delivered" }
  | { readonly state: "due"; readonly nextTryMs: number; readonly error: string }
  | { readonly state: "failed"; readonly error: string };

export interface Outbox {
  /** Gives new notices a delivery for each channel that takes them, operators' first; false: there may be more. */
  dispatch(channels: readonly Channel[], nowMs: number): Promise<boolean>;
  circuit(channel: string): Promise<Circuit>;
  keepCircuit(channel: string, circuit: Circuit): Promise<void>;
  /** Nothing is sent to the channel any more, and what is due there has failed. */
  disable(channel: string, reason: string, nowMs: number): Promise<void>;
  /**
   * Those that are due the longest, at most so many, operators' before projects', which get a part of
   * it where both wait; nobody else gets them until the lease is over.
   */
  claim(
    channel: string,
    countMax: number,
    times: { readonly nowMs: number; readonly leaseUntilMs: number },
  ): Promise<readonly ClaimedDelivery[]>;
  /**
   * Records what became of it. A failure counts only where no other run has claimed it since, and the
   * channel was not disabled; a delivery always.
   */
  finish(
    channel: string,
    delivery: ClaimedDelivery,
    outcome: Outcome,
    nowMs: number,
  ): Promise<void>;
}

/** Everything that is not the same in every run. */
export interface Surroundings {
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

const atOnceMax = 8;

/**
 * Gives new notices their deliveries and sends what is due, each channel beside the others, until
 * nothing is due or the time is up. At least once: a run that dies between sending and recording
 * leaves a claim, and after it the same notice goes out again with the same id.
 */
export async function deliverNotices(
  channels: readonly Channel[],
  outbox: Outbox,
  surroundings: Surroundings,
  deadlineMs: number,
): Promise<readonly Delivered[]> {
  const isOver = () => surroundings.nowMs() + sendMsMax >= deadlineMs;
  while (!isOver() && !(await outbox.dispatch(channels, surroundings.nowMs())));
  return allOf(channels.map((channel) => new Sending(channel, outbox, surroundings).run(isOver)));
}

/** Where one fails the others come to their end first: none may go on while the function is frozen. */
async function allOf<T>(promises: readonly Promise<T>[]): Promise<readonly T[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

/** One channel's part of a run. */
class Sending {
  readonly #channel: Channel;
  readonly #outbox: Outbox;
  readonly #surroundings: Surroundings;
  #delivered = 0;
  #failed = 0;

  constructor(channel: Channel, outbox: Outbox, surroundings: Surroundings) {
    this.#channel = channel;
    this.#outbox = outbox;
    this.#surroundings = surroundings;
  }

  async run(isOver: () => boolean): Promise<Delivered> {
    const { name } = this.#channel;
    while (!isOver()) {
      const nowMs = this.#surroundings.nowMs();
      // Asked each time: other runs, and operators, close and open it, too.
      const circuit = await this.#outbox.circuit(name);
      if (!isClosed(circuit, nowMs)) break;
      // A receiver that failed before is asked with one notice whether it is back.
      const countMax = circuit.failures > 0 ? 1 : atOnceMax;
      const lease = { nowMs, leaseUntilMs: nowMs + leaseMs };
      const claimed = await this.#outbox.claim(name, countMax, lease);
      if (claimed.length === 0) break;
      const failures = await allOf(claimed.map((delivery) => this.#send(delivery)));
      const next = await this.#judge(circuit, failures);
      if (next !== circuit) await this.#outbox.keepCircuit(name, next);
    }
    return { channel: name, delivered: this.#delivered, failed: this.#failed };
  }

  /** What the receiver's circuit is after it was sent some at once, of which some may have failed. */
  async #judge(
    circuit: Circuit,
    failures: readonly (DeliveryFailed | undefined)[],
  ): Promise<Circuit> {
    const { nowMs, random } = this.#surroundings;
    const gone = failures.find((failure) => failure?.about === "gone");
    if (gone !== undefined) {
      await this.#outbox.disable(this.#channel.name, gone.message, nowMs());
      return { ...circuit, isDisabled: true };
    }
    const isAlive = failures.some((failure) => failure?.about !== "receiver");
    if (isAlive) return circuit.failures > 0 ? closedCircuit : circuit;
    const pauses = failures.map((failure) => failure?.retryAfterMs ?? 0);
    return afterFailure(circuit, nowMs(), Math.max(...pauses), random());
  }

  /** Undefined: it was delivered. */
  async #send(delivery: ClaimedDelivery): Promise<DeliveryFailed | undefined> {
    const { notice, tries } = delivery;
    try {
      await this.#channel.send(notice);
    } catch (thrown) {
      // A channel's own fault concerns this notice: it must not hold up all others for ever.
      const error =
        thrown instanceof DeliveryFailed
          ? thrown
          : new DeliveryFailed("notice", String(thrown), { cause: thrown });
      this.#failed += 1;
      this.#surroundings.onFailure(this.#channel.name, notice, error);
      await this.#finish(delivery, this.#outcome(error, tries));
      return error;
    }
    this.#delivered += 1;
    await this.#finish(delivery, { state: "delivered" });
    return undefined;
  }

  #outcome({ about, message, retryAfterMs = 0 }: DeliveryFailed, tries: number): Outcome {
    if (about === "gone" || tries >= triesMax) return { state: "failed", error: message };
    const nowMs = this.#surroundings.nowMs();
    const nextMs = nextTryMs(tries, nowMs, this.#surroundings.random());
    return { state: "due", nextTryMs: Math.max(nextMs, nowMs + retryAfterMs), error: message };
  }

  #finish(delivery: ClaimedDelivery, outcome: Outcome): Promise<void> {
    const nowMs = this.#surroundings.nowMs();
    return this.#outbox.finish(this.#channel.name, delivery, outcome, nowMs);
  }
}

const isClosed = ({ openUntilMs, isDisabled }: Circuit, nowMs: number): boolean =>
  !isDisabled && (openUntilMs === null || openUntilMs <= nowMs);
