import type { SeriesKey } from "../../billing/measurement.ts";
import { checkSeries } from "../check-measurement.ts";
import { checkTime, unixMs } from "../check-time.ts";
import { Collector, tooManySamples } from "../collector.ts";
import type { DecodeContext, DecodedRemoteWrite } from "../decoded.ts";
import { labelsTooMany, nameTooLong, requestLimits, valueTooLong } from "../limits.ts";
import { readFloat64 } from "../read-value.ts";
import type { Refusal } from "../refusals.ts";
import { checkHistogram } from "./check-histogram.ts";
import { type Extent, LabelNames, RepeatedText, type SeriesLabel } from "./label-bytes.ts";
import { type Reader, readEnd } from "./protobuf-fields.ts";
import { type FloatSample, readSample } from "./remote-write-sample.ts";

/**
 * Turns the `TimeSeries` messages of a request into measurements, one after the other: `begin`, then its
 * parts in whatever order they come, then `finish`. The two versions of the protocol differ only in where
 * the bytes of a label lie, so both use this.
 */
export class RemoteWriteSeries {
  /** Where the label at hand lies. Filled anew for each, since a request has tens of thousands. */
  readonly name: Extent = { start: 0, end: 0 };
  readonly value: Extent = { start: 0, end: 0 };
  readonly #reader: Reader;
  readonly #context: DecodeContext;
  readonly #collector: Collector;
  readonly #written = { samples: 0, histograms: 0, exemplars: 0 };
  readonly #values: Readonly<Record<SeriesLabel, Extent>>;
  readonly #allValues: readonly Extent[];
  readonly #texts: Readonly<Record<SeriesLabel, RepeatedText>>;
  readonly #names: LabelNames;
  /** Start and end of each sample: they may come before the labels that tell what they are. */
  readonly #sampleEnds: number[] = [];
  readonly #sample: FloatSample = { value: 0, timeMs: 0, stale: false };
  #index = -1;
  #metric: string | undefined;
  #billed = false;
  #labelRefusal: Refusal | undefined;
  #histograms = 0;
  #histogramRefusal: Refusal | undefined;
  #exemplars = 0;
  #labelCount = 0;
  /** Samples that are only counted: their series has no price, or more of them than one body may bill. */
  #passedSamples = 0;

  constructor(reader: Reader, bytes: Buffer, context: DecodeContext) {
    this.#reader = reader;
    this.#context = context;
    this.#collector = new Collector(context);
    this.#values = forEachLabel(() => ({ start: 0, end: 0 }));
    this.#allValues = Object.values(this.#values);
    this.#texts = forEachLabel(() => new RepeatedText(bytes));
    this.#names = new LabelNames(bytes);
  }

  begin(): void {
    for (const value of this.#allValues) value.end = value.start;
    this.#names.beginSeries();
    this.#sampleEnds.length = 0;
    this.#index += 1;
    this.#metric = undefined;
    this.#billed = false;
    this.#labelRefusal = undefined;
    this.#histograms = 0;
    this.#histogramRefusal = undefined;
    this.#exemplars = 0;
    this.#labelCount = 0;
    this.#passedSamples = 0;
  }

  /** Known to have no price, so that its other labels need not be read. Senders put the name first. */
  get isUnbilled(): boolean {
    return this.#metric !== undefined && !this.#billed;
  }

  /** Adds the label that lies at `name` and `value`. */
  addLabel(): void {
    const { name, value } = this;
    this.#labelCount += 1;
    if (this.#labelCount > requestLimits.labelsMax) {
      this.refuseLabels(labelsTooMany);
    } else if (name.end === name.start) {
      this.refuseLabels(nameEmpty);
    } else if (name.end - name.start > requestLimits.labelNameBytesMax) {
      this.refuseLabels(nameTooLong);
    } else {
      this.#readLabel(name, value);
    }
  }

  /**
   * A label with an empty value is absent, as in Prometheus. Labels may come in any order: the specification
   * sorts them, but its receiver tests do not.
   */
  #readLabel(name: Extent, value: Extent): void {
    const known = this.#names.find(name);
    const isRepeated = known.seriesIndex === this.#index;
    known.seriesIndex = this.#index;
    if (isRepeated) {
      this.refuseLabels(labelRepeated);
    } else if (value.end - value.start > requestLimits.labelValueBytesMax) {
      this.refuseLabels(valueTooLong);
    } else if (known.label !== undefined && value.end > value.start) {
      this.#keepValue(known.label, value);
    }
  }

  #keepValue(label: SeriesLabel, value: Extent): void {
    this.#values[label].start = value.start;
    this.#values[label].end = value.end;
    if (label === "metric") {
      this.#metric = this.#texts.metric.read(value);
      this.#billed = this.#metric !== undefined && this.#context.isBilled(this.#metric);
    }
  }

  refuseLabels(refusal: Refusal): void {
    this.#labelRefusal ??= refusal;
  }

  addSample(): void {
    const end = readEnd(this.#reader);
    if (this.isUnbilled || this.#sampleEnds.length === 2 * requestLimits.samplesMax) {
      this.#passedSamples += 1;
    } else {
      this.#sampleEnds.push(this.#reader.pos, end);
    }
    this.#reader.pos = end;
  }

  addHistogram(): void {
    const refusal = checkHistogram(this.#reader);
    this.#histogramRefusal ??= refusal;
    this.#histograms += refusal === undefined ? 1 : 0;
  }

  addExemplar(): void {
    this.#reader.pos = readEnd(this.#reader);
    this.#exemplars += 1;
  }

  finish(): void {
    if (this.#metric === undefined) {
      this.#refuse(this.#labelRefusal ?? nameMissing);
    } else if (!this.#billed) {
      this.#ignore(this.#metric);
    } else if (this.#labelRefusal !== undefined) {
      this.#refuse(this.#labelRefusal);
    } else {
      this.#bill(this.#metric);
    }
  }

  stopsReading(): boolean {
    return this.#collector.stopsReading();
  }

  result(): DecodedRemoteWrite {
    return { ...this.#collector.finish(), written: this.#written };
  }

  #ignore(metric: string): void {
    const samples = this.#passedSamples + this.#sampleEnds.length / 2;
    this.#collector.dropUnpriced(metric, samples);
    this.#collector.drop("histogram", this.#histograms);
    if (this.#histogramRefusal !== undefined) this.#refuse(this.#histogramRefusal);
    this.#written.samples += samples;
    this.#written.histograms += this.#histograms;
    this.#written.exemplars += this.#exemplars;
  }

  #bill(metric: string): void {
    if (this.#passedSamples > 0) throw tooManySamples();
    const { project, siteId, siteName, resource } = this.#values;
    const hasSiteId = siteId.end > siteId.start;
    const projectText = this.#texts.project.read(project);
    const siteText = hasSiteId
      ? this.#texts.siteId.read(siteId)
      : this.#texts.siteName.read(siteName);
    const resourceText = this.#texts.resource.read(resource);
    if (projectText === undefined || siteText === undefined || resourceText === undefined) {
      this.#refuse(labelNotUtf8);
      return;
    }
    const series = { projectName: projectText, metric, site: siteText, resource: resourceText };
    const refusal = checkSeries(series);
    if (refusal !== undefined) {
      this.#refuse(refusal);
      return;
    }
    if (this.#histograms > 0 || this.#histogramRefusal !== undefined) this.#refuse(histogramBilled);
    this.#written.exemplars += this.#exemplars;
    this.#billSamples(series);
  }

  #billSamples(series: SeriesKey): void {
    const samples = this.#sampleEnds;
    for (let index = 0; index < samples.length; index += 2) {
      readSample(this.#reader, samples[index] ?? 0, samples[index + 1] ?? 0, this.#sample);
      this.#billSample(series, index / 2);
    }
  }

  #billSample(series: SeriesKey, sampleIndex: number): void {
    const { value, timeMs, stale } = this.#sample;
    if (Number.isNaN(value)) {
      this.#collector.drop(stale ? "stale" : "not-a-number");
      this.#written.samples += 1;
      return;
    }
    const text = readFloat64(value);
    const refusal = typeof text === "string" ? checkTime(timeMs, this.#context, unixMs) : text;
    if (refusal !== undefined) {
      this.#collector.refuse(`timeseries ${this.#index} sample ${sampleIndex}`, refusal);
    } else if (typeof text === "string") {
      const { projectName, metric, site, resource } = series;
      this.#collector.accept({ projectName, metric, site, resource, timeMs, value: text });
      this.#written.samples += 1;
    }
  }

  #refuse(refusal: Refusal): void {
    this.#collector.refuse(`timeseries ${this.#index}`, refusal);
  }
}

function forEachLabel<T>(make: () => T): Record<SeriesLabel, T> {
  return {
    metric: make(),
    project: make(),
    siteId: make(),
    siteName: make(),
    resource: make(),
  };
}

const refuseLabels = (detail: string): Refusal => ({ code: "labels-invalid", detail });

const nameMissing = refuseLabels("give every series a name in the label __name__, in UTF-8");
const nameEmpty = refuseLabels("leave out labels with an empty name");
const labelRepeated = refuseLabels("send each label of a series once");
const labelNotUtf8 = refuseLabels("encode the labels as UTF-8");

const histogramBilled: Refusal = {
  code: "histogram-billed",
  detail: "send plain samples of this metric: a histogram cannot be billed",
};
