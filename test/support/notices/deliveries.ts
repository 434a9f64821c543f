import fc, { type Arbitrary } from "fast-check";
import { formatDecimal, parseDecimal, VALUE_SCALE } from "../../../lib/billing/decimal.ts";
import { amounts } from "../ledger/histories.ts";
import type { PlainSample } from "../ledger/reference-billing.ts";

/** The same measurements with others for the same times among them: equal, higher, lower. */
export function withConflicts(samples: readonly PlainSample[]): Arbitrary<PlainSample[]> {
  if (samples.length === 0) return fc.constant([]);
  const conflict = fc
    .tuple(fc.nat(samples.length - 1), fc.constantFrom("0", "same", "same", "higher"), amounts)
    .map(([index, how, amount]): PlainSample => {
      const { timeMs, value } = samples[index] as PlainSample;
      const higher = parseDecimal(value, VALUE_SCALE) + amount;
      if (how === "higher") return { timeMs, value: formatDecimal(higher, VALUE_SCALE) };
      // Numerically the same: 1.0 and 1.00 are one measurement.
      return {
        timeMs,
        value: how === "same" ? `${value}0`.slice(0, value.indexOf(".") + 31) : how,
      };
    });
  return fc.array(conflict, { maxLength: 4 }).map((conflicts) => [...samples, ...conflicts]);
}

/** Batches in which messages arrive: in any order, cut anywhere, some of them again and again. */
export function deliveries<T>(messages: readonly T[]): Arbitrary<T[][]> {
  const order = fc.oneof(
    fc.constant([...messages]),
    fc.shuffledSubarray([...messages], { minLength: messages.length }),
    fc.nat(messages.length).map((at) => [...messages.slice(at), ...messages.slice(0, at)]),
  );
  const again = fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 5 });
  const sizes = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 8 });
  return fc.tuple(order, again, sizes).map(([ordered, repetitions, batchSizes]) => {
    const sent = [...ordered];
    for (const [what, where] of repetitions) {
      if (sent.length > 0) sent.splice(where % sent.length, 0, sent[what % sent.length] as T);
    }
    return batchesOf(sent, batchSizes);
  });
}

function batchesOf<T>(sent: readonly T[], sizes: readonly number[]): T[][] {
  const batches: T[][] = [];
  for (let at = 0; at < sent.length; ) {
    const size = sizes[batches.length % sizes.length] as number;
    batches.push(sent.slice(at, at + size));
    at += size;
  }
  return batches;
}
