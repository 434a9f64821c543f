import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { type DoubtKind, doubtKinds } from "../../lib/usecases/notices/notice.ts";
import {
  type CounterEvent,
  type CounterWatch,
  type Doubt,
  type DoubtEvent,
  type KnownDoubt,
  watchCounters,
} from "../../lib/usecases/notices/watch-counters.ts";
import { propertyRuns } from "../support/properties.ts";

interface Place {
  readonly seriesId: number;
  readonly kind: DoubtKind;
}

/** What happens next: the doubts that there are change, or an operator acknowledges one. */
type Step =
  | { readonly kind: "watch"; readonly doubtful: readonly Place[] }
  | { readonly kind: "acknowledge"; readonly place: Place };

const places: fc.Arbitrary<Place> = fc.record({
  seriesId: fc.integer({ min: 1, max: 4 }),
  kind: fc.constantFrom(...doubtKinds),
});
const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("watch" as const),
      doubtful: fc.uniqueArray(places, { maxLength: 8, selector: nameOf }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("acknowledge" as const), place: places }),
  },
);

function nameOf({ seriesId, kind }: Place): string {
  return `${seriesId} ${kind}`;
}

const doubtOf = ({ seriesId, kind }: Place): Doubt => ({
  seriesId,
  kind,
  site: seriesId % 2 === 0 ? "north" : "south",
  projectName: "genomics",
  metric: "project_vcpu_usage",
  resource: String(seriesId),
  detail: "",
});

/** Tables as maps. */
class Tables {
  readonly known = new Map<string, KnownDoubt>();
  current: readonly Place[] = [];

  readonly watch: CounterWatch = {
    current: async () => this.current.map(doubtOf),
    known: async () => [...this.known.values()],
    begin: async (doubts) => {
      for (const one of doubts) this.known.set(nameOf(one), { ...one, isAcknowledged: false });
    },
    end: async (doubts) => {
      for (const one of doubts) this.known.delete(nameOf(one));
    },
    newlyLimitedKeys: async () => [],
    writeNotices: async () => {},
  };

  acknowledge(place: Place): void {
    const known = this.known.get(nameOf(place));
    if (known !== undefined) this.known.set(nameOf(place), { ...known, isAcknowledged: true });
  }
}

/** Each place by itself: silent, told or acknowledged. */
class PlainMachine {
  readonly #states = new Map<string, "told" | "acknowledged">();

  acknowledge(place: Place): void {
    if (this.#states.has(nameOf(place))) this.#states.set(nameOf(place), "acknowledged");
  }

  watch(doubtful: readonly Place[]): string[] {
    const said: string[] = [];
    for (const seriesId of [1, 2, 3, 4]) {
      for (const kind of doubtKinds) {
        const name = nameOf({ seriesId, kind });
        const isDoubtful = doubtful.some((place) => nameOf(place) === name);
        const state = this.#states.get(name);
        if (isDoubtful && state === undefined) {
          said.push(`series.doubtful ${name}`);
          this.#states.set(name, "told");
        }
        if (!isDoubtful && state === "told") said.push(`series.settled ${name}`);
        if (!isDoubtful) this.#states.delete(name);
      }
    }
    return said.sort();
  }
}

const doubtsIn = (events: readonly CounterEvent[]): readonly DoubtEvent[] =>
  events.flatMap((event) => (event.type === "key.limited" ? [] : [event]));

const saidBy = (events: readonly CounterEvent[]): string[] =>
  doubtsIn(events)
    .flatMap(({ type, reason, doubtful }) =>
      doubtful.map(({ resource }) => `${type} ${resource} ${reason}`),
    )
    .sort();

test("notices are those that a plain state machine tells, and none is told twice", async () => {
  const property = fc.asyncProperty(fc.array(steps, { maxLength: 20 }), async (played) => {
    const tables = new Tables();
    const machine = new PlainMachine();
    for (const step of played) {
      if (step.kind === "acknowledge") {
        tables.acknowledge(step.place);
        machine.acknowledge(step.place);
        continue;
      }
      tables.current = step.doubtful;
      const events = await watchCounters((work) => work(tables.watch));
      expect(saidBy(events)).toEqual(machine.watch(step.doubtful));
      const digests = doubtsIn(events).map(({ type, site, reason }) => `${type} ${site} ${reason}`);
      expect(new Set(digests).size).toBe(digests.length);
    }
  });
  await fc.assert(property, propertyRuns(300));
});
