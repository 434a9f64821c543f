import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const dataFolder = join(import.meta.dirname, "../../data");

export interface RecordedSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly timeMs: number;
  /** As Prometheus' own library printed the float64; empty for a stale marker. */
  readonly value: string;
  readonly stale: boolean;
}

export interface RecordedRequest {
  readonly name: string;
  readonly body: Buffer;
  readonly samples: readonly RecordedSample[];
}

export const readData = (path: string): Buffer => readFileSync(join(dataFolder, path));

/** The requests of one recording in the order in which they were sent, with what they hold. */
export function readRecording(folder: string): RecordedRequest[] {
  const samples = readSamples(folder);
  return readdirSync(join(dataFolder, folder))
    .filter((file) => file.endsWith(".bin"))
    .sort()
    .map((file) => {
      const number = file.slice(0, -".bin".length);
      return {
        name: `${folder}/${file}`,
        body: readData(join(folder, file)),
        samples: samples.filter(({ request }) => request === number).map(({ sample }) => sample),
      };
    });
}

function readSamples(folder: string): { request: string; sample: RecordedSample }[] {
  const [, ...rows] = readData(join(folder, "samples.csv")).toString().trimEnd().split(/\r?\n/);
  return rows.map((row) => {
    const [request = "", labels = "", timeMs = "", value = "", note = ""] = splitCsv(row);
    const sample = {
      labels: readLabels(labels),
      timeMs: Number(timeMs),
      value,
      stale: note === "stale",
    };
    return { request, sample };
  });
}

const splitCsv = (row: string): string[] =>
  [...row.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, bare]) =>
    quoted === undefined ? (bare ?? "") : quoted.replaceAll('""', '"'),
  );

const readLabels = (text: string): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(/([^=,]+)="((?:[^"\\]|\\.)*)"/g)].map(([, name, value]) => [
      name,
      JSON.parse(`"${value}"`),
    ]),
  );
