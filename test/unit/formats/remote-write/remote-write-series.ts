import { decodeRemoteWrite1 } from "../../../../lib/formats/remote-write/decode-remote-write-1.ts";
import { decodeRemoteWrite2 } from "../../../../lib/formats/remote-write/decode-remote-write-2.ts";
import { context, inflatedBytesMax, nowMs } from "../../../support/formats/decode-context.ts";
import {
  encodeRemoteWrite1,
  encodeRemoteWrite2,
  type Label,
  type Series,
} from "../../../support/formats/remote-write-body.ts";
import { repeatedRemoteWrite1, repeatedRemoteWrite2, type Samples } from "./repeated-series.ts";

export const name: Label = ["__name__", "project_vcpu_usage"];
export const project: Label = ["project_name", "credits"];
export const sound: Series = { labels: [name, project], samples: [[12.5, nowMs]] };

/** Things that both versions have in common are tested of both. */
export const versions = [
  {
    version: "1.0",
    decode: (...series: readonly Series[]) =>
      decodeRemoteWrite1(encodeRemoteWrite1(series), context, inflatedBytesMax),
    /** So many series that differ in their projects only. */
    decodeMany: (count: number, samples: Samples) =>
      decodeRemoteWrite1(repeatedRemoteWrite1(count, samples), context, inflatedBytesMax),
  },
  {
    version: "2.0",
    decode: (...series: readonly Series[]) =>
      decodeRemoteWrite2(encodeRemoteWrite2(series), context, inflatedBytesMax),
    /** So many series that differ in their projects only. */
    decodeMany: (count: number, samples: Samples) =>
      decodeRemoteWrite2(repeatedRemoteWrite2(count, samples), context, inflatedBytesMax),
  },
];

/** The counts that are reported as written. */
export const counts = (samples: number, histograms = 0, exemplars = 0) => ({
  samples,
  histograms,
  exemplars,
});
