import { createRequire } from "node:module";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import protobuf from "protobufjs";
import type { Measurement } from "../../../lib/billing/measurement.ts";
import { decodeRemoteWrite1 } from "../../../lib/formats/remote-write/decode-remote-write-1.ts";
import { readData } from "../../support/formats/recordings.ts";
import { httpEvent } from "../../support/http-event.ts";

const { uncompress } = createRequire(import.meta.url)("snappyjs") as {
  readonly uncompress: (bytes: Uint8Array) => Uint8Array;
};

export const benchKey = "bench-key";

/** One body as its sender posts it, and what reading the same bytes with common parts takes. */
export interface Payload {
  readonly name: string;
  /** All that the body holds; most of a recording is billed. */
  readonly samples: number;
  readonly event: APIGatewayProxyEventV2;
  readonly baseline?: {
    readonly name: string;
    readonly decode: () => unknown;
    /** The most that bytes to queued may take, in times of it. */
    readonly most?: number;
  };
}

/** As the specifications declare them. */
const { root } = protobuf.parse(
  `syntax = "proto3";
  message WriteRequest { repeated TimeSeries timeseries = 1; }
  message TimeSeries { repeated Label labels = 1; repeated Sample samples = 2; }
  message Label { string name = 1; string value = 2; }
  message Sample { double value = 1; int64 timestamp = 2; int64 start_timestamp = 3; }
  message Request { repeated string symbols = 4; repeated TimeSeries2 timeseries = 5; }
  message TimeSeries2 { repeated uint32 labels_refs = 1; repeated Sample samples = 2; Metadata metadata = 5; }
  message Metadata { uint32 type = 1; uint32 help_ref = 3; uint32 unit_ref = 4; }`,
  { keepCase: true },
);

interface Sent {
  readonly symbols?: readonly string[];
  readonly timeseries: readonly {
    readonly samples: readonly unknown[];
    readonly labels_refs?: readonly number[];
  }[];
}

function remoteWrite(file: string, message: "WriteRequest" | "Request"): Payload {
  const body = readData(`large/${file}.bin`);
  const type = root.lookupType(message);
  const decode = () => resolveLabels(type.decode(uncompress(body)) as unknown as Sent);
  const timeseries = decode();
  const { headers } = JSON.parse(readData(`large/${file}.json`).toString());
  return {
    name: `remote write ${message === "Request" ? "2.0" : "1.0"}, ${file}.bin`,
    samples: timeseries.reduce((sum, { samples }) => sum + samples.length, 0),
    event: post("/write", headers, body),
    // The numbers to reach name version 1.0; of 2.0 a decoder makes next to no texts.
    baseline: {
      name: "snappyjs + protobufjs",
      decode,
      ...(message === "Request" ? {} : { most: 3 }),
    },
  };
}

/** Version 2.0 names its labels by reference only, of which nobody can make a bill. */
const resolveLabels = ({ timeseries, symbols }: Sent) =>
  symbols === undefined
    ? timeseries
    : timeseries.map(({ labels_refs = [], ...series }) => {
        const labels = [];
        for (let index = 0; index < labels_refs.length; index += 2) {
          const [name = 0, value = 0] = [labels_refs[index], labels_refs[index + 1]];
          labels.push({ name: symbols[name], value: symbols[value] });
        }
        return { ...series, labels };
      });

const post = (path: string, headers: Record<string, string>, body: Uint8Array) =>
  httpEvent({
    method: "POST",
    path,
    headers: { ...headers, authorization: `Bearer ${benchKey}` },
    body,
  });

/** The billed samples of a recording, to be written in the other formats. */
function recordedMeasurements(): readonly Measurement[] {
  const context = {
    isBilled: (metric: string) => metric.startsWith("project_"),
    untimedMs: 0,
    oldestMs: 0,
    newestMs: Number.MAX_SAFE_INTEGER,
  };
  return decodeRemoteWrite1(readData("large/rw1-1.bin"), context, 32_000_000).measurements;
}

/** As remote write has them: the labels that are needed, and the others. */
const labelsOf = ({ projectName, site, resource }: Measurement) => ({
  domain_id: "default",
  domain_name: "elixir",
  instance: "site_exporter:8080",
  job: "project_usages",
  location: "bielefeld",
  location_id: site,
  project_id: resource,
  project_name: projectName,
});

function json(measurements: readonly Measurement[]): Payload {
  const items = measurements.map(({ projectName, metric, site, resource, timeMs, value }) => ({
    project_name: projectName,
    metric,
    value: Number(value),
    time: timeMs,
    site,
    resource,
  }));
  const body = Buffer.from(JSON.stringify({ measurements: items }));
  const keepDigits = (_key: string, value: unknown, context: { source: string }) =>
    typeof value === "number" ? context.source : value;
  const parse = JSON.parse as (text: string, reviver: typeof keepDigits) => unknown;
  return {
    name: `JSON, ${items.length.toLocaleString("en")} measurements`,
    samples: items.length,
    event: post("/measurements", { "content-type": "application/json" }, body),
    baseline: {
      name: "JSON.parse + reviver",
      decode: () => parse(body.toString(), keepDigits),
      most: 2,
    },
  };
}

function lineProtocol(measurements: readonly Measurement[]): Payload {
  const escapeText = (text: string) => text.replace(/[,= ]/g, "\\$&");
  const lines = measurements.map((measurement) => {
    const tags = Object.entries(labelsOf(measurement))
      .filter(([, value]) => value !== "")
      .map(([name, value]) => `${name}=${escapeText(value)}`);
    const { metric, value, timeMs } = measurement;
    return `${metric},${tags} value=${value} ${timeMs}000000\n`;
  });
  return {
    name: "line protocol",
    samples: lines.length,
    event: post("/write", { "content-type": "text/plain" }, Buffer.from(lines.join(""))),
  };
}

function openMetrics(measurements: readonly Measurement[]): Payload {
  const escapeText = (text: string) => text.replace(/["\\]/g, "\\$&");
  const lines = measurements.map((measurement) => {
    const labels = Object.entries(labelsOf(measurement)).map(
      ([name, value]) => `${name}="${escapeText(value)}"`,
    );
    const { metric, value, timeMs } = measurement;
    return `${metric}{${labels}} ${value} ${timeMs / 1_000}\n`;
  });
  const body = Buffer.from(`${lines.join("")}# EOF\n`);
  return {
    name: "OpenMetrics",
    samples: lines.length,
    event: post("/measurements", { "content-type": "application/openmetrics-text" }, body),
  };
}

function page(): Payload {
  const body = readData("large/page.txt");
  const lines = body.toString().split("\n");
  return {
    name: "text exposition, page.txt",
    samples: lines.filter((line) => line !== "" && !line.startsWith("#")).length,
    event: post("/measurements", { "content-type": "text/plain; version=0.0.4" }, body),
  };
}

export function createPayloads(): readonly Payload[] {
  const measurements = recordedMeasurements();
  return [
    remoteWrite("rw1-1", "WriteRequest"),
    remoteWrite("rw1-2", "WriteRequest"),
    remoteWrite("rw2-1", "Request"),
    remoteWrite("rw2-2", "Request"),
    json(measurements),
    lineProtocol(measurements),
    openMetrics(measurements),
    page(),
  ];
}
