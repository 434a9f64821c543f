import { describe, expect, test } from "@jest/globals";
import { decodeJson } from "../../../lib/formats/decode-json.ts";
import { type Decoded, faultsCountedMax, faultsMax } from "../../../lib/formats/decoded.ts";
import { decodeRemoteWrite1 } from "../../../lib/formats/remote-write/decode-remote-write-1.ts";
import { decodeRemoteWrite2 } from "../../../lib/formats/remote-write/decode-remote-write-2.ts";
import { decodeExposition } from "../../../lib/formats/text/decode-exposition.ts";
import { decodeLineProtocol } from "../../../lib/formats/text/decode-line-protocol.ts";
import {
  context,
  encodeUtf8,
  inflatedBytesMax,
  measurement,
} from "../../support/formats/decode-context.ts";
import { encodeRemoteWrite1, encodeRemoteWrite2 } from "../../support/formats/remote-write-body.ts";
import { item } from "./json-body.ts";
import { sound } from "./remote-write/remote-write-series.ts";
import { line } from "./text/exposition-page.ts";

// A fault costs more than the bytes that hold it, and gzip makes millions of them out of nothing.

/** A sound measurement, then so many faults, then another sound one. */
type DecodeFaults = (faults: number) => Decoded;

const faulty = { labels: [], samples: [] };
const series = (faults: number) => [sound, ...Array.from({ length: faults }, () => faulty), sound];
const between = (one: string, fault: string, faults: number) =>
  encodeUtf8(one + fault.repeat(faults) + one);

const formats: readonly { readonly format: string; readonly decode: DecodeFaults }[] = [
  {
    format: "JSON",
    decode: (faults) => {
      const one = JSON.stringify(item);
      const body = `{"measurements":[${one}${",0".repeat(faults)},${one}]}`;
      return decodeJson(encodeUtf8(body), context);
    },
  },
  {
    format: "text exposition",
    decode: (faults) =>
      decodeExposition(
        between(line('project_name="credits"'), "{\n", faults),
        context,
        "prometheus",
      ),
  },
  {
    format: "line protocol",
    decode: (faults) => {
      const one = "project_vcpu_usage,project_name=credits value=12.5\n";
      return decodeLineProtocol(between(one, "a\n", faults), context);
    },
  },
  {
    format: "remote write 1.0",
    decode: (faults) =>
      decodeRemoteWrite1(encodeRemoteWrite1(series(faults)), context, inflatedBytesMax),
  },
  {
    format: "remote write 2.0",
    decode: (faults) =>
      decodeRemoteWrite2(encodeRemoteWrite2(series(faults)), context, inflatedBytesMax),
  },
];

describe.each(formats)("$format", ({ decode }) => {
  test("is read to its end while it has fewer faults than are counted", () => {
    const { measurements, faults, faultCount, isCut } = decode(faultsCountedMax - 1);
    expect(measurements).toEqual([measurement(), measurement()]);
    expect([faults.length, faultCount, isCut]).toEqual([faultsMax, faultsCountedMax - 1, false]);
  });

  test("is not looked at any further after that, and says so", () => {
    const { measurements, faults, faultCount, isCut } = decode(4 * faultsCountedMax - 2);
    expect(measurements).toEqual([measurement()]);
    expect([faults.length, faultCount, isCut]).toEqual([faultsMax, faultsCountedMax, true]);
  });
});

test("200,000 empty objects, 600 bytes of gzip, take no second", () => {
  const body = encodeUtf8(`{"measurements":[${"{},".repeat(199_999)}{}]}`);
  const start = process.cpuUsage();
  const { faultCount, isCut } = decodeJson(body, context);
  expect(process.cpuUsage(start).user).toBeLessThan(1_000_000);
  expect([faultCount, isCut]).toEqual([faultsCountedMax, true]);
});
