import { expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Sample } from "../../lib/billing/sample.ts";
import { appendSamples } from "../../lib/segments/append.ts";
import { DamagedSegment } from "../../lib/segments/damaged-segment.ts";
import { type DecodedSegment, decodeSegment, decodeWithEnd } from "../../lib/segments/decode.ts";
import { type SegmentEnd, VALUE_END } from "../../lib/segments/segment-format.ts";
import { mutatedBytes } from "../support/mutate-bytes.ts";
import { propertyRuns } from "../support/properties.ts";

const TIME_MS_MAX = 8.64e15;

/** 1 to 45 digits: any decimals, in any order. */
const anyValue = fc
  .tuple(fc.bigInt({ min: 0n, max: VALUE_END - 1n }), fc.nat(30), fc.nat(45))
  .map(([digits, idle, length]) => {
    const short = digits % 10n ** BigInt(length);
    return short - (short % 10n ** BigInt(idle));
  });

/** As an exporter's: a float64 that grows, stays, or starts over. */
const counterValue = fc.oneof(
  fc.double({ min: 0, max: 1e6, noNaN: true }).map((float) => BigInt(Math.round(float * 1e6))),
  fc.nat(1_000).map(BigInt),
);

/** Values that mostly lie near the last one, so that every kind of change is met. */
const values = (length: number): fc.Arbitrary<bigint[]> =>
  fc.oneof(
    fc.array(anyValue, { minLength: length, maxLength: length }),
    fc
      .tuple(fc.nat(30), fc.array(counterValue, { minLength: length, maxLength: length }))
      .map(([decimals, digits]) => digits.map((units) => scaled(units, decimals))),
    fc
      .tuple(anyValue, fc.array(fc.boolean(), { minLength: length, maxLength: length }))
      .map(([value, halved]) => halved.map((half) => (half ? value / 2n : value))),
  );

const scaled = (units: bigint, decimals: number) =>
  (units * 10n ** BigInt(30 - decimals)) % VALUE_END;

const anyTime = fc.integer({ min: -TIME_MS_MAX, max: TIME_MS_MAX });

/** A scrape that is now and then late, early or missing. */
const scrapeTimes = fc
  .tuple(
    fc.integer({ min: 0, max: 2e12 }),
    fc.constantFrom(1, 1_000, 15_000, 86_400_000),
    fc.array(fc.tuple(fc.nat(3), fc.oneof(fc.constant(0), fc.nat(40)))),
  )
  .map(([beginMs, stepMs, scrapes]) => {
    let timeMs = beginMs;
    const later = scrapes.map(([missing, lateMs]) => {
      timeMs += stepMs * (1 + missing);
      return timeMs + lateMs;
    });
    return [beginMs, ...later];
  });

const times = fc
  .oneof(fc.uniqueArray(anyTime, { minLength: 1 }), scrapeTimes)
  .map((unordered) => [...new Set(unordered)].sort((a, b) => a - b));

const series: fc.Arbitrary<Sample[]> = times.chain((timesMs) =>
  values(timesMs.length).map((all) =>
    timesMs.map((timeMs, index) => ({ timeMs, value: all[index] as bigint })),
  ),
);

/** The samples in calls of the given lengths. */
function packed(samples: readonly Sample[], lengths: readonly number[]) {
  const parts: Uint8Array[] = [];
  let end: SegmentEnd | null = null;
  for (let at = 0, call = 0; at < samples.length; call += 1) {
    const length = lengths[call] ?? samples.length;
    const appended = appendSamples(end, samples.slice(at, at + length));
    parts.push(appended.bytes);
    end = appended.end;
    at += length;
  }
  return { bytes: Uint8Array.from(Buffer.concat(parts)), end };
}

const lengthsOfCalls = fc.array(fc.integer({ min: 1, max: 5 }));

test("any samples, appended in any number of calls, come back with every digit", () => {
  fc.assert(
    fc.property(series, lengthsOfCalls, (samples, lengths) => {
      const { bytes, end } = packed(samples, lengths);
      expect(decodeWithEnd(bytes, samples.length)).toEqual({ samples, end });
    }),
    propertyRuns(),
  );
});

test("the bytes do not depend on how the samples were spread over calls", () => {
  fc.assert(
    fc.property(series, lengthsOfCalls, (samples, lengths) => {
      expect(packed(samples, lengths)).toEqual(packed(samples, []));
    }),
    propertyRuns(),
  );
});

test("a segment that was read and appended to is the one that was written at once", () => {
  fc.assert(
    fc.property(series, fc.nat(), (samples, where) => {
      const half = 1 + (where % samples.length);
      const first = packed(samples.slice(0, half), []);
      const read = decodeWithEnd(first.bytes, half);
      const rest = samples.slice(half);
      const more = rest.length === 0 ? [] : [appendSamples(read.end, rest).bytes];
      const { bytes } = packed(samples, []);
      expect(Buffer.concat([first.bytes, ...more])).toEqual(Buffer.from(bytes));
    }),
    propertyRuns(),
  );
});

test("a segment with a byte more, a byte less, or another count is damaged", () => {
  fc.assert(
    fc.property(series, fc.nat(), fc.nat(255), (samples, where, byte) => {
      const { bytes } = packed(samples, []);
      const shorter = bytes.slice(0, where % bytes.length);
      expect(() => decodeSegment(shorter, samples.length)).toThrow(DamagedSegment);
      const longer = Uint8Array.from([...bytes, byte]);
      expect(() => decodeSegment(longer, samples.length)).toThrow(DamagedSegment);
      for (const count of [samples.length - 1, samples.length + 1]) {
        expect(() => decodeSegment(bytes, count)).toThrow(DamagedSegment);
      }
    }),
    propertyRuns(),
  );
});

/** Reads bytes that may be anything; undefined if they are damaged. Any other error fails the test. */
function decodeOrRefuse(bytes: Uint8Array, count: number): DecodedSegment | undefined {
  try {
    return decodeWithEnd(bytes, count);
  } catch (error) {
    if (error instanceof DamagedSegment) return undefined;
    throw error;
  }
}

/** Of the processor, which others use too: far more than any segment here needs. */
const slowMicroseconds = 2_000_000;

test("what decodes packs to the same bytes again, and everything else is a DamagedSegment", () => {
  const written = fc.sample(series, { numRuns: 50, seed: 1 });
  const bodies = written.map((samples) => packed(samples, []).bytes);
  const counts = fc.oneof(
    { weight: 9, arbitrary: fc.nat(12) },
    { weight: 1, arbitrary: fc.oneof(fc.double(), fc.integer(), fc.maxSafeNat()) },
  );
  const mutated = fc.tuple(mutatedBytes(bodies), counts);
  // Most mutations change the count too; those of a single byte often leave it.
  const oneByte = fc
    .tuple(fc.nat(written.length - 1), fc.nat(), fc.nat(255))
    .map(([which, where, byte]): [Uint8Array, number] => {
      const bytes = Uint8Array.from(bodies[which] as Uint8Array);
      bytes[where % bytes.length] = byte;
      return [bytes, (written[which] as Sample[]).length];
    });
  let [tries, decoded] = [0, 0];
  fc.assert(
    fc.property(fc.oneof(mutated, oneByte), ([bytes, count]) => {
      tries += 1;
      const start = process.cpuUsage();
      const segment = decodeOrRefuse(bytes, count);
      expect(process.cpuUsage(start).user).toBeLessThan(slowMicroseconds);
      if (segment === undefined) return;
      decoded += 1;
      const again = appendSamples(null, segment.samples);
      expect(again).toEqual({ bytes: Uint8Array.from(bytes), end: segment.end });
    }),
    propertyRuns(20_000),
  );
  // A fuzz test in which nothing decodes tests nothing. Few tries, as in a replay, say nothing.
  if (tries >= 1_000) expect(decoded).toBeGreaterThan(tries / 50);
});

test("all segments of three bytes are damaged or pack to the same bytes again", () => {
  const others: Uint8Array[] = [];
  for (let tail = 0; tail < 0x1_0000; tail += 1)
    for (const count of [1, 2]) {
      const bytes = Uint8Array.of(1, tail >>> 8, tail & 0xff);
      const segment = decodeOrRefuse(bytes, count);
      if (segment === undefined) continue;
      if (Buffer.compare(appendSamples(null, segment.samples).bytes, bytes)) others.push(bytes);
    }
  expect(others).toEqual([]);
});
