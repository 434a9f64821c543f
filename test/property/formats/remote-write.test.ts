import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import protobuf from "protobufjs";
import type { Measurement } from "../../../lib/billing/measurement.ts";
import { MalformedBody } from "../../../lib/formats/decoded.ts";
import { decodeRemoteWrite1 } from "../../../lib/formats/remote-write/decode-remote-write-1.ts";
import { decodeRemoteWrite2 } from "../../../lib/formats/remote-write/decode-remote-write-2.ts";
import { inflateSnappy } from "../../../lib/formats/remote-write/inflate-snappy.ts";
import { context, inflatedBytesMax } from "../../support/formats/decode-context.ts";
import { readRecording } from "../../support/formats/recordings.ts";
import { compressSnappy } from "../../support/formats/remote-write-body.ts";
import { mutatedBytes } from "../../support/mutate-bytes.ts";
import { propertyRuns } from "../../support/properties.ts";
import { expectSound, leastAccepted } from "./accepted.ts";

const inflated = (folder: string) =>
  readRecording(folder).map(({ body }) => inflateSnappy(body, inflatedBytesMax));

/**
 * For protobufjs to read what the decoder may have billed. What no bill needs is bytes here, since it is passed
 * over there too: a broken exemplar, or a broken series without a price, is nobody's loss.
 */
const { root } = protobuf.parse(
  `syntax = "proto3";
  message Request { repeated bytes series1 = 1; repeated bytes symbols = 4; repeated bytes series2 = 5; }
  message Series1 { repeated Label labels = 1; repeated Sample samples = 2; bytes x = 3; bytes y = 4; }
  message Series2 { repeated uint32 refs = 1; repeated Sample samples = 2; bytes x = 3; bytes y = 4; }
  message Label { bytes name = 1; bytes value = 2; }
  message Sample { double value = 1; int64 timestamp = 2; }`,
);

interface Request {
  readonly series1: readonly Uint8Array[];
  readonly symbols: readonly Uint8Array[];
  readonly series2: readonly Uint8Array[];
}

interface Series {
  readonly labels?: readonly { readonly name?: Uint8Array; readonly value?: Uint8Array }[];
  readonly refs?: readonly number[];
  readonly samples: readonly { readonly value?: number; readonly timestamp?: unknown }[];
}

const text = (bytes: Uint8Array = new Uint8Array()) => Buffer.from(bytes).toString();

/** Everything that protobufjs finds in the message, keyed as a measurement would be. */
function readSent(message: Uint8Array): Set<string> {
  const decoded = root.lookupType("Request").decode(message) as unknown as Partial<Request>;
  const { series1 = [], symbols = [], series2 = [] } = decoded;
  const sent = new Set<string>();
  for (const [type, bytes] of [
    ...series1.map((one) => ["Series1", one] as const),
    ...series2.map((one) => ["Series2", one] as const),
  ]) {
    for (const key of readSeries(type, bytes, symbols)) {
      sent.add(key);
    }
  }
  return sent;
}

function readSeries(type: string, bytes: Uint8Array, symbols: readonly Uint8Array[]): string[] {
  let series: Series;
  try {
    series = root.lookupType(type).decode(bytes) as unknown as Series;
  } catch {
    return [];
  }
  const refs = (series.refs ?? []).map((reference) => text(symbols[reference]));
  const labels = new Map([
    ...(series.labels ?? []).map(({ name, value }) => [text(name), text(value)] as const),
    ...refs.flatMap((name, index) => (index % 2 ? [] : [[name, refs[index + 1] ?? ""] as const])),
  ]);
  return series.samples.map(({ value = 0, timestamp = 0 }) =>
    JSON.stringify([
      ...["__name__", "project_name"].map((name) => labels.get(name) ?? ""),
      labels.get("location_id") || labels.get("location") || "",
      labels.get("project_id") ?? "",
      String(timestamp),
      value === 0 ? 0 : value,
    ]),
  );
}

const keyOf = ({ metric, projectName, site, resource, timeMs, value }: Measurement) =>
  JSON.stringify([metric, projectName, site, resource, String(timeMs), Number(value)]);

describe.each([
  ["1.0", "remote-write-1.0-restart", decodeRemoteWrite1],
  ["2.0", "remote-write-2.0", decodeRemoteWrite2],
] as const)("remote write %s, of whatever bytes", (_, folder, decode) => {
  const messages = inflated(folder);

  test("accepts nothing that the rules forbid or that protobufjs does not find in it", () => {
    let accepted = 0;
    let tries = 0;
    fc.assert(
      fc.property(mutatedBytes(messages), (message) => {
        tries += 1;
        let sent: Set<string> | undefined;
        const wasSent = (measurement: Measurement) => {
          sent ??= readSent(message);
          return sent.has(keyOf(measurement));
        };
        const decoded = expectSound(
          () => decode(compressSnappy(message), context, inflatedBytesMax),
          wasSent,
        );
        accepted += decoded?.measurements.length ?? 0;
      }),
      propertyRuns(2_000),
    );
    expect(accepted).toBeGreaterThanOrEqual(leastAccepted(tries));
  });

  test("never hangs or crashes on a compressed body", () => {
    const bodies = readRecording(folder).map(({ body }) => body);
    fc.assert(
      fc.property(mutatedBytes(bodies), (body) => {
        expectSound(
          () => decode(body, context, inflatedBytesMax),
          () => true,
        );
      }),
      propertyRuns(2_000),
    );
  });
});

describe("Snappy", () => {
  test("gives back what was compressed", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 2_000 }),
      fc.uint8Array({ maxLength: 2_000, max: 3 }),
      mutatedBytes(inflated("remote-write-1.0")),
    );
    fc.assert(
      fc.property(bytes, (original) => {
        const back = inflateSnappy(compressSnappy(original), original.length);
        expect(Buffer.compare(back, original)).toBe(0);
      }),
      propertyRuns(1_000),
    );
  });

  test("gives as many bytes as declared, or refuses", () => {
    const bodies = readRecording("remote-write-1.0").map(({ body }) => body);
    fc.assert(
      fc.property(mutatedBytes(bodies), (body) => {
        try {
          expect(inflateSnappy(body, 100_000).length).toBeLessThanOrEqual(100_000);
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedBody);
        }
      }),
      propertyRuns(2_000),
    );
  });
});
