import fc, { type Arbitrary } from "fast-check";
import { formatDecimal, PRICE_SCALE, VALUE_SCALE } from "../../../lib/billing/decimal.ts";
import type { Sample } from "../../../lib/billing/sample.ts";

import type { MetricKind } from "../../../lib/billing/tariff.ts";
import type { PlainDecision, PlainPeriod, PlainSample, PlainTariff } from "./reference-billing.ts";

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
/** The hour in which every history begins. */
export const BEGIN_MS = Date.UTC(2026, 10, 23, 9);

const FOREVER = Number.POSITIVE_INFINITY;

/** 1 to 17 digits, between 1e-9 and 1e12, at VALUE_SCALE. */
export const amounts: Arbitrary<bigint> = fc
  .tuple(fc.integer({ min: 1, max: 17 }), fc.integer({ min: -9, max: 11 }))
  .chain(([digits, magnitude]) =>
    fc
      .bigInt({ min: 10n ** BigInt(digits - 1), max: 10n ** BigInt(digits) - 1n })
      .map((mantissa) => mantissa * 10n ** BigInt(VALUE_SCALE + magnitude - digits + 1)),
  );

/** Up to 3e-12, with 30 decimals: less than what a cut is rounded to. */
export const tinyAmounts: Arbitrary<bigint> = fc.bigInt({ min: 1n, max: 3n * 10n ** 18n });

/** Instants in and around a history: full hours, odd milliseconds, quarters. */
const instants: Arbitrary<number> = fc
  .oneof(
    fc.integer({ min: 0, max: 30 }).map((hours) => hours * HOUR_MS),
    fc.integer({ min: 0, max: 80 }).map((quarters) => quarters * 15 * MINUTE_MS),
    fc.integer({ min: 1, max: 20 * HOUR_MS }),
  )
  .map((offsetMs) => BEGIN_MS + offsetMs);

function periods(fromMs: number): Arbitrary<PlainPeriod> {
  return fc.record({
    fromMs: fc.constant(fromMs),
    credits: fc.oneof(
      fc.constantFrom("1", "0.3", "0", "0.000000000001", "7.5"),
      fc.bigInt({ min: 0n, max: 10n ** 15n }).map((price) => formatDecimal(price, PRICE_SCALE)),
    ),
    dipWindowMs: fc.constantFrom(
      HOUR_MS,
      0,
      1,
      5 * MINUTE_MS,
      20 * MINUTE_MS,
      3 * HOUR_MS,
      FOREVER,
    ),
    maxGapMs: fc.constantFrom(15 * MINUTE_MS, 1_000, 5 * MINUTE_MS, 3 * HOUR_MS, FOREVER),
    // None, what many of the amounts exceed, and what hardly any does.
    maxRate: fc.constantFrom(null, null, "1000000", "0.5", "123456789.25", "100000000000000"),
  });
}

export const kinds: Arbitrary<MetricKind> = fc.constantFrom("counter", "counter", "gauge", "delta");

/** Stretches in and around a history, some of them of no length. */
const holdDecisions: Arbitrary<PlainDecision> = fc
  .record({
    fromMs: instants,
    lengthMs: fc.oneof(fc.constant(0), fc.nat(3 * HOUR_MS), fc.nat(60 * HOUR_MS)),
    isAccepted: fc.boolean(),
  })
  .map(({ fromMs, lengthMs, isAccepted }) => ({ fromMs, untilMs: fromMs + lengthMs, isAccepted }));

/** One to four periods; the first may begin long before, or in the middle of, the history. */
export function tariffs(kind: Arbitrary<MetricKind> = kinds): Arbitrary<PlainTariff> {
  const starts = fc
    .tuple(
      fc.option(fc.constant(Number.NEGATIVE_INFINITY), { nil: undefined }),
      fc.uniqueArray(instants, { minLength: 1, maxLength: 3 }),
    )
    .map(([always, later]) => {
      const ascending = later.toSorted((a, b) => a - b);
      return always === undefined ? ascending : [always, ...ascending];
    });
  return fc.record({
    kind,
    periods: starts.chain((from) => fc.tuple(...from.map(periods))),
  });
}

/** Under the tariff, with some decisions on what it holds back. */
const decided = (tariff: PlainTariff): Arbitrary<PlainTariff> =>
  fc
    .array(holdDecisions, { maxLength: 3 })
    .map((decisions) => ({ ...tariff, holdDecisions: decisions }));

/** How long until the next measurement. */
type Step =
  | { readonly kind: "wait"; readonly ms: number }
  | { readonly kind: "full hour" | "price change" }
  | { readonly kind: "window end"; readonly offsetMs: number };

/** The next move of the counter. `outermost` chooses among nested drops. */
type Move =
  | { readonly kind: "stay" | "restart" }
  | { readonly kind: "rise" | "jump"; readonly amount: bigint }
  | { readonly kind: "fall"; readonly eighths: bigint }
  | { readonly kind: "recover"; readonly outermost: boolean; readonly amount: bigint };

const steps: Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("wait" as const),
      ms: fc.oneof(
        fc.constantFrom(5 * MINUTE_MS, 1, 15_000, MINUTE_MS, 15 * MINUTE_MS, HOUR_MS),
        fc.integer({ min: 1, max: 2 * HOUR_MS }),
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("wait" as const),
      ms: fc.integer({ min: HOUR_MS, max: 40 * HOUR_MS }),
    }),
  },
  { weight: 2, arbitrary: fc.constantFrom({ kind: "full hour" }, { kind: "price change" }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("window end" as const),
      offsetMs: fc.constantFrom(0, -1, 1),
    }),
  },
);

const moves: Arbitrary<Move> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("rise" as const), amount: amounts }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("rise" as const), amount: tinyAmounts }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("jump" as const), amount: amounts }) },
  { weight: 2, arbitrary: fc.constantFrom({ kind: "stay" }, { kind: "restart" }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("fall" as const),
      eighths: fc.bigInt({ min: 1n, max: 7n }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("recover" as const),
      outermost: fc.boolean(),
      // The old value exactly, a little above, or the smallest step below it.
      amount: fc.oneof(fc.constantFrom(0n, -1n, 1n), amounts),
    }),
  },
);

interface Drop {
  readonly peak: bigint;
  readonly droppedAtMs: number;
  readonly windowMs: number;
}

/** Plays a script of steps and moves: what comes out depends on the tariff's windows and prices. */
class Counter {
  timeMs: number;
  value: bigint;
  #drops: Drop[] = [];
  readonly #tariff: PlainTariff;

  constructor(tariff: PlainTariff, timeMs: number, value: bigint) {
    this.#tariff = tariff;
    this.timeMs = timeMs;
    this.value = value;
  }

  advance(step: Step, move: Move): void {
    const peakTimeMs = this.timeMs;
    this.timeMs = Math.max(this.timeMs + 1, this.#timeAfter(step));
    const value = this.#valueAfter(move);
    if (value < this.value) {
      const windowMs = this.#windowAt(peakTimeMs);
      this.#drops.push({ peak: this.value, droppedAtMs: this.timeMs, windowMs });
    }
    this.#drops = this.#drops.filter(({ peak }) => peak > value);
    this.value = value;
  }

  #windowAt(timeMs: number): number {
    const begun = this.#tariff.periods.findLast(({ fromMs }) => fromMs <= timeMs);
    return (begun ?? this.#tariff.periods[0])?.dipWindowMs ?? 0;
  }

  #timeAfter(step: Step): number {
    const now = this.timeMs;
    switch (step.kind) {
      case "wait":
        return now + step.ms;
      case "full hour":
        return (Math.floor(now / HOUR_MS) + 1) * HOUR_MS;
      case "price change":
        return this.#tariff.periods.find(({ fromMs }) => fromMs > now)?.fromMs ?? now + MINUTE_MS;
      case "window end": {
        const drop = this.#drops.at(-1);
        const endMs = drop ? drop.droppedAtMs + drop.windowMs + step.offsetMs : FOREVER;
        return endMs === FOREVER ? now + MINUTE_MS : endMs;
      }
    }
  }

  #valueAfter(move: Move): bigint {
    switch (move.kind) {
      case "stay":
        return this.value;
      case "restart":
        return 0n;
      case "rise":
        return this.value + move.amount;
      case "jump":
        return move.amount;
      case "fall":
        return (this.value * move.eighths) / 8n;
      case "recover": {
        const drop = this.#drops.at(move.outermost ? 0 : -1);
        const value = (drop?.peak ?? this.value) + move.amount;
        return value < 0n ? 0n : value;
      }
    }
  }
}

/** Measurements of one series, ascending, one per time; from none to `maxLength + 1` of them. */
export function histories(tariff: PlainTariff, maxLength = 30): Arbitrary<PlainSample[]> {
  const start = fc.tuple(
    fc.oneof(fc.constant(0), fc.nat(HOUR_MS)),
    fc.oneof(amounts, fc.constant(0n)),
  );
  const script = fc.array(fc.tuple(steps, moves), { maxLength, size: "max" });
  return fc.tuple(fc.boolean(), start, script).map(([isEmpty, [offsetMs, value], played]) => {
    if (isEmpty && played.length === 0) return [];
    const counter = new Counter(tariff, BEGIN_MS + offsetMs, value);
    const samples = [plainSample(counter)];
    for (const [step, move] of played) {
      counter.advance(step, move);
      samples.push(plainSample(counter));
    }
    return samples;
  });
}

function plainSample({ timeMs, value }: Sample): PlainSample {
  return { timeMs, value: formatDecimal(value, VALUE_SCALE) };
}

export interface Billed {
  readonly tariff: PlainTariff;
  readonly samples: PlainSample[];
}

/** A tariff and a history under it. */
export function billedHistories(kind?: Arbitrary<MetricKind>, maxLength = 30): Arbitrary<Billed> {
  return tariffs(kind).chain((tariff) =>
    fc.record({ tariff: decided(tariff), samples: histories(tariff, maxLength) }),
  );
}
