import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { limitScan } from "../../../lib/postgres/notices/limit-scan.ts";
import { outbox } from "../../../lib/postgres/notices/outbox.ts";
import { leaseMs } from "../../../lib/usecases/notices/claim-policy.ts";
import { deliverNotices, type Outbox } from "../../../lib/usecases/notices/deliver-notices.ts";
import { type Channel, DeliveryFailed, type Notice } from "../../../lib/usecases/notices/notice.ts";
import { propertyRuns } from "../../support/properties.ts";
import { useDatabase } from "../../support/servers/use-database.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const database = useDatabase(8);

/** The answer of a receiver to one notice. At `dies` it takes it, and the run ends before it records that. */
type Answer = "takes" | "refuses" | "is down" | "dies";
type Step =
  | { readonly what: "cross"; readonly projects: number }
  | { readonly what: "run"; readonly atOnce: number; readonly answers: readonly Answer[] }
  | { readonly what: "wait"; readonly minutes: number };

const answer = fc.constantFrom<Answer>("takes", "takes", "refuses", "is down", "is down", "dies");
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant("cross" as const),
      projects: fc.integer({ min: 1, max: 12 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant("run" as const),
      atOnce: fc.integer({ min: 1, max: 3 }),
      answers: fc.array(answer, { minLength: 1, maxLength: 12 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant("wait" as const),
      minutes: fc.constantFrom(0, 1, 4, 5, 30, 600),
    }),
  },
);

interface Try {
  readonly atMs: number;
  readonly notice: Notice;
  outcome: Answer | "under way";
}

/** A receiver that answers as the steps say, and what it was sent. */
class Receiver {
  readonly channel: Channel;
  readonly tries = new Map<string, Try[]>();
  readonly wrong: string[] = [];
  nowMs = Date.UTC(2026, 10, 23);
  answers: readonly Answer[] = [];
  #asked = 0;
  readonly #dying = new Set<string>();

  constructor(name: string) {
    const send = (notice: Notice) => this.#send(notice);
    this.channel = { name, takes: () => true, send };
  }

  async #send(notice: Notice): Promise<void> {
    const earlier = this.tries.get(notice.id) ?? [];
    const one: Try = { atMs: this.nowMs, notice, outcome: "under way" };
    this.tries.set(notice.id, [...earlier, one]);
    this.#check(earlier, one);
    // Others that run at once come in between.
    await nextTurn();
    one.outcome = this.answers[this.#asked++ % this.answers.length] ?? "takes";
    if (one.outcome === "refuses") throw new DeliveryFailed("notice", "no");
    if (one.outcome === "is down") throw new DeliveryFailed("receiver", "down");
    if (one.outcome === "dies") this.#dying.add(notice.id);
  }

  /** Noted and not thrown: a run takes what a channel throws for an answer. */
  #check(earlier: readonly Try[], { atMs, notice }: Try): void {
    const note = (isWrong: boolean, what: string) => isWrong && this.wrong.push(what);
    for (const before of earlier) {
      note(JSON.stringify(before.notice) !== JSON.stringify(notice), "the notice has changed");
      note(before.outcome === "under way", "two runs sent it at once");
      note(before.outcome === "takes", "it was known to be taken");
      const isClaimed = before.outcome === "dies" && atMs < before.atMs + leaseMs;
      note(isClaimed, "who died had claimed it");
    }
  }

  /** The outbox as a run has it that may die. */
  around(box: Outbox): Outbox {
    return {
      ...box,
      finish: async (channel, delivery, ...rest) => {
        if (this.#dying.delete(delivery.notice.id)) throw new Error("killed");
        return box.finish(channel, delivery, ...rest);
      },
    };
  }

  /** Runs at once, of which some may die. */
  async run(atOnce: number, answers: readonly Answer[], random: number): Promise<void> {
    this.answers = answers;
    const effects = { nowMs: () => this.nowMs, random: () => random, onFailure: () => {} };
    const deadlineMs = this.nowMs + hourMs;
    const box = this.around(outbox(database.pool));
    const one = () => deliverNotices([this.channel], box, effects, deadlineMs);
    const ends = await Promise.allSettled(Array.from({ length: atOnce }, one));
    for (const end of ends) {
      if (end.status === "rejected") expect(end.reason.message).toBe("killed");
    }
  }
}

test("whatever receivers do: each notice once under one id, again only until it is known to be taken, and never by two at once", async () => {
  let count = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 14 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (steps, random) => {
        count += 1;
        const receiver = new Receiver(`receiver ${count}`);
        let crossed = 0;
        for (const one of steps) {
          if (one.what === "wait") receiver.nowMs += one.minutes * minuteMs;
          if (one.what === "run") await receiver.run(one.atOnce, one.answers, random);
          if (one.what !== "cross") continue;
          await database.pool.query(
            `insert into projects (project_name, used_credits, granted_credits)
             select $1::text || n, 50, 100 from generate_series(1, $2::int) as n`,
            [`${count} ${crossed} `, one.projects],
          );
          crossed += one.projects;
          await limitScan(database.pool)(["50"], receiver.nowMs);
        }
        // In the end the receiver is there, and whatever waits gets its turn.
        for (let rounds = 0; rounds < 2; rounds += 1) {
          receiver.nowMs += 10 * hourMs;
          await receiver.run(1, ["takes"], random);
        }
        expect(receiver.wrong).toEqual([]);
        const last = [...receiver.tries.values()].map((tries) => tries.at(-1));
        expect(new Set(last.map((one) => JSON.stringify(one?.notice))).size).toBe(crossed);
        expect(last.every((one) => one?.outcome === "takes")).toBe(true);
      },
    ),
    propertyRuns(30),
  );
});
