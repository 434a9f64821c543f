import { afterAll, beforeAll } from "@jest/globals";
import type { Measurement } from "../../../lib/billing/measurement.ts";
import { type Functions, loadFunctions } from "../servers/functions.ts";
import { receiveMeasurements } from "../servers/queues.ts";
import { type SentSeries, writeRequest } from "./write-request.ts";

export const remoteWriteHeaders = {
  "content-type": "application/x-protobuf;proto=io.prometheus.write.v2.Request",
  "content-encoding": "snappy",
  "x-prometheus-remote-write-version": "2.0.0",
};

export interface Reply {
  readonly status: number;
  readonly body: string;
  /** The counts that the answer's headers say were written; undefined where it has none of them. */
  readonly written: readonly [samples: number, histograms: number, exemplars: number] | undefined;
  /** The codes of what was refused. */
  readonly codes: readonly string[];
}

/** Sends remote write 2.0 to the function that receives it, and reads what it queued. */
export interface RemoteWriter extends AsyncDisposable {
  readonly functions: Functions;
  readonly send: (...series: SentSeries[]) => Promise<Reply>;
  readonly sendBody: (body: Uint8Array, headers?: Record<string, string>) => Promise<Reply>;
  /** All that was queued since it was asked last. */
  readonly queued: () => Promise<readonly Measurement[]>;
}

async function createRemoteWriter(): Promise<RemoteWriter> {
  const functions = await loadFunctions();
  const sendBody = async (body: Uint8Array, headers: Record<string, string> = {}) => {
    const answer = await functions.receive({
      path: "/write",
      headers: { ...remoteWriteHeaders, ...headers },
      body,
    });
    const names = ["samples", "histograms", "exemplars"] as const;
    const [samples, histograms, exemplars] = names.map(
      (name) => answer.headers[`x-prometheus-remote-write-${name}-written`],
    );
    const errors = answer.body === "" ? [] : (JSON.parse(answer.body).errors ?? []);
    return {
      status: answer.statusCode,
      body: answer.body,
      written:
        samples === undefined
          ? undefined
          : ([Number(samples), Number(histograms), Number(exemplars)] as const),
      codes: errors.map(({ code }: { code: string }) => code),
    };
  };
  return {
    functions,
    sendBody,
    send: (...series) => sendBody(writeRequest(series)),
    queued: () => receiveMeasurements(functions.queues),
    [Symbol.asyncDispose]: () => functions[Symbol.asyncDispose](),
  };
}

/** One writer for all tests of the file that calls this at its top; not to be used while the file is loaded. */
export function useRemoteWriter(): RemoteWriter {
  let created: RemoteWriter | undefined;
  const writer = (): RemoteWriter => {
    if (created === undefined) throw new Error("the writer is there from beforeAll on");
    return created;
  };
  const dispose = async () => created?.[Symbol.asyncDispose]();
  beforeAll(async () => {
    created = await createRemoteWriter();
  });
  afterAll(dispose);
  return {
    get functions() {
      return writer().functions;
    },
    send: (...series) => writer().send(...series),
    sendBody: (body, headers) => writer().sendBody(body, headers),
    queued: () => writer().queued(),
    [Symbol.asyncDispose]: dispose,
  };
}

export const minuteMs = 60_000;
export const nowMs = Date.UTC(2026, 10, 23, 9);

/** A series that is billed, and one that has no price. */
export const billed = (project_name: string, labels: Record<string, string> = {}) => ({
  __name__: "project_vcpu_usage",
  project_name,
  ...labels,
});
export const unpriced = (labels: Record<string, string> = {}) => ({
  __name__: "http_requests_total",
  ...labels,
});

export const sample = (value = 1, timeMs = nowMs) => ({ value, timeMs });
export const exemplar = (labels: Record<string, string> = { trace_id: "abc" }, value = 1) => ({
  labels,
  value,
  timeMs: nowMs,
});
