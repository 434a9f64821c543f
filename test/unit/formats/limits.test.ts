import { describe, expect, test } from "@jest/globals";
import { decodeJson } from "../../../lib/formats/decode-json.ts";
import { type Decoded, MalformedBody } from "../../../lib/formats/decoded.ts";
import { requestLimits } from "../../../lib/formats/limits.ts";
import { decodeRemoteWrite2 } from "../../../lib/formats/remote-write/decode-remote-write-2.ts";
import { decodeExposition } from "../../../lib/formats/text/decode-exposition.ts";
import { decodeLineProtocol } from "../../../lib/formats/text/decode-line-protocol.ts";
import {
  context,
  encodeUtf8,
  inflatedBytesMax,
  measurement,
  nowMs,
} from "../../support/formats/decode-context.ts";
import {
  encodeRemoteWrite2,
  type Label,
  type Series,
} from "../../support/formats/remote-write-body.ts";
import { versions } from "./remote-write/remote-write-series.ts";

const name: Label = ["__name__", "project_vcpu_usage"];
const needed = [["project_name", "credits"]] as const;
const { samplesMax, seriesMax, labelsMax, labelNameBytesMax, labelValueBytesMax, symbolsMax } =
  requestLimits;

const remoteWrites = versions.map((one) => ({ ...one, format: `remote write ${one.version}` }));

/** A body of so many different series with so many samples of each. */
type DecodeMany = (series: number, samplesEach: number) => Decoded;

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

const lines = (series: number, samplesEach: number, line: (index: number) => string) =>
  encodeUtf8(times(series, (index) => line(index).repeat(samplesEach)).join(""));

const formats: readonly { readonly format: string; readonly decode: DecodeMany }[] = [
  ...remoteWrites.map(({ format, decodeMany }) => ({
    format,
    decode: (series: number, samplesEach: number) =>
      decodeMany(
        series,
        times(samplesEach, () => [1, nowMs] as const),
      ),
  })),
  {
    format: "text exposition",
    decode: (series, samplesEach) => {
      const line = (index: number) => `project_vcpu_usage{project_name="p${index}"} 1\n`;
      return decodeExposition(lines(series, samplesEach, line), context, "prometheus");
    },
  },
  {
    format: "line protocol",
    decode: (series, samplesEach) => {
      const line = (index: number) => `project_vcpu_usage,project_name=p${index} value=1\n`;
      return decodeLineProtocol(lines(series, samplesEach, line), context);
    },
  },
  {
    format: "JSON",
    decode: (series, samplesEach) => {
      const item = (index: number) =>
        `,{"project_name":"p${index}","metric":"project_vcpu_usage","value":1,"time":${nowMs}}`;
      const items = Buffer.from(lines(series, samplesEach, item)).toString();
      return decodeJson(encodeUtf8(`{"measurements":[${items.slice(1)}]}`), context);
    },
  },
];

/** The code and the detail with which a body is refused as a whole, for being too large. */
function refusal(decode: () => unknown) {
  try {
    decode();
  } catch (error) {
    if (error instanceof MalformedBody && error.isTooLarge) {
      return { code: error.code, detail: error.message };
    }
    throw error;
  }
  return "taken";
}

describe.each(formats)("$format", ({ decode }) => {
  test("takes as many samples as the limit says, and refuses a body with one more", () => {
    expect(decode(1, samplesMax).measurements).toHaveLength(samplesMax);
    expect(refusal(() => decode(1, samplesMax + 1))).toEqual({
      code: "samples-too-many",
      detail: "send at most 200,000 samples in one request, the others in another",
    });
  });

  test("takes as many different series as the limit says, and refuses a body with one more", () => {
    expect(decode(seriesMax, 2).measurements).toHaveLength(2 * seriesMax);
    expect(refusal(() => decode(seriesMax + 1, 1))).toEqual({
      code: "series-too-many",
      detail: "send at most 100,000 series in one request, the others in another",
    });
  });
});

test("lines without a price are no samples, however many there are", () => {
  const body = encodeUtf8(`up{job="x"} 1\n`.repeat(samplesMax + 1));
  const dropped = { unpriced: samplesMax + 1 };
  expect(decodeExposition(body, context, "prometheus")).toMatchObject({ dropped, faultCount: 0 });
});

describe.each(remoteWrites)("$format", ({ decode }) => {
  test("counts the samples of a series without a price, but has no limit for them", () => {
    const samples = Array.from({ length: samplesMax + 1 }, () => [1, nowMs] as const);
    expect(decode({ labels: [["__name__", "up"]], samples })).toMatchObject({
      dropped: { unpriced: samplesMax + 1 },
      written: { samples: samplesMax + 1 },
    });
    expect(refusal(() => decode({ labels: [name, ...needed], samples }))).toMatchObject({
      code: "samples-too-many",
    });
  });
});

/** Between two sound series, one with these labels beside those that are needed. */
type TextLabels = readonly (readonly [string, string])[];

const between = (text: (labels: TextLabels) => string, labels: TextLabels) =>
  encodeUtf8([needed, [...labels, ...needed], needed].map((all) => `${text(all)}\n`).join(""));
const exposition = (labels: TextLabels) =>
  `project_vcpu_usage{${labels.map(([key, value]) => `${key}="${value}"`)}} 12.5`;
const lineProtocol = (labels: TextLabels) =>
  `project_vcpu_usage,${labels.map(([key, value]) => `${key}=${value}`)} value=12.5`;

const labelled: readonly {
  readonly format: string;
  readonly decode: (labels: TextLabels) => Decoded;
  /** `__name__` is a label in remote write only. */
  readonly neededLabels: number;
}[] = [
  ...remoteWrites.map(({ format, decode }) => ({
    format,
    neededLabels: 2,
    decode: (labels: TextLabels) => {
      const sound = { labels: [name, ...needed], samples: [[12.5, nowMs]] as const };
      return decode(sound, { ...sound, labels: [name, ...labels, ...needed] }, sound);
    },
  })),
  {
    format: "text exposition",
    neededLabels: 1,
    decode: (labels) => decodeExposition(between(exposition, labels), context, "prometheus"),
  },
  {
    format: "line protocol",
    neededLabels: 1,
    decode: (labels) => decodeLineProtocol(between(lineProtocol, labels), context),
  },
];

describe.each(labelled)("$format", ({ decode, neededLabels }) => {
  const many = (count: number) => times(count, (index) => [`l${index}`, "x"] as const);

  test.each<readonly [string, TextLabels]>([
    ["many labels", many(labelsMax - neededLabels)],
    ["long a name of a label", [["n".repeat(labelNameBytesMax), "x"]]],
    ["long a value of a label", [["n", "x".repeat(labelValueBytesMax)]]],
  ])("takes as %s as the limit says", (_, labels) => {
    const sound = measurement();
    expect(decode(labels)).toMatchObject({ measurements: [sound, sound, sound], faultCount: 0 });
  });

  test.each<readonly [string, TextLabels, string, string]>([
    [
      "one more label",
      many(labelsMax - neededLabels + 1),
      "labels-too-many",
      "send at most 64 labels with a series",
    ],
    [
      "a longer name of a label",
      [["n".repeat(labelNameBytesMax + 1), "x"]],
      "label-too-long",
      "shorten the name of the label to 1,024 bytes",
    ],
    [
      "a longer value of a label",
      [["n", `${"é".repeat(labelValueBytesMax / 2)}x`]],
      "label-too-long",
      "shorten the value of the label to 4,096 bytes",
    ],
  ])("refuses a series with %s, and keeps its neighbours", (_, labels, code, detail) => {
    expect(decode(labels)).toMatchObject({
      measurements: [measurement(), measurement()],
      faults: [{ code, detail }],
      faultCount: 1,
    });
  });
});

describe("remote write 2.0", () => {
  const sound: Series = { labels: [name, ...needed], samples: [[12.5, nowMs]] };
  const decode = (
    series: readonly Series[],
    changed: Parameters<typeof encodeRemoteWrite2>[1],
    bytesMax = inflatedBytesMax,
  ) => decodeRemoteWrite2(encodeRemoteWrite2(series, changed), context, bytesMax);

  test("takes as many symbols as the limit says, and refuses a body with one more", () => {
    const symbols = ["", ...name, ...needed[0]].map((text) => encodeUtf8(text as string));
    const more = (count: number) => [
      ...symbols,
      ...Array<Uint8Array>(count - symbols.length).fill(new Uint8Array()),
    ];
    const refs = [1, 2, 3, 4];
    expect(decode([sound], { symbols: more(symbolsMax), refs }).measurements).toHaveLength(1);
    expect(refusal(() => decode([sound], { symbols: more(symbolsMax + 1), refs }))).toEqual({
      code: "symbols-too-many",
      detail:
        "send at most 500,000 symbols in one request, and the series with the others in another",
    });
  });

  test("refuses series that would not fit if their labels were written out", () => {
    const texts = ["", ...name, ...needed[0], "job", "x".repeat(4_000)];
    const symbols = texts.map((text) => encodeUtf8(text as string));
    const series = Array.from({ length: 100 }, () => sound);
    const changed = { symbols, refs: [1, 2, 3, 4, 5, 6] };
    const written = 100 * texts.join("").length;
    expect(decode(series, changed, written).measurements).toHaveLength(100);
    expect(refusal(() => decode(series, changed, written - 1))).toMatchObject({
      code: "body-too-large",
      detail: expect.stringContaining("written out, their labels have more than 404,"),
    });
  });

  test("counts no more labels of a series than it may have, however many are referred to", () => {
    const symbols = ["", ...name, ...needed[0]].map((text) => encodeUtf8(text as string));
    const refs = [1, 2, 3, 4, ...Array.from({ length: 1_000_000 }, () => 0)];
    expect(decode([sound], { symbols, refs })).toMatchObject({
      measurements: [],
      faults: [{ code: "labels-invalid" }],
    });
  });
});
