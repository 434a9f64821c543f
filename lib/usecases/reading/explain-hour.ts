import { anchorAtOrAfter } from "../../billing/anchors.ts";
import { type ExplainedHour, explainHour, type SamplesOfHour } from "../../billing/explain.ts";
import type { HourCost } from "../../billing/hourly-costs.ts";
import { largestDipWindow, type Tariff } from "../../billing/tariff.ts";
import type { TariffOf } from "../../billing/tariff-book.ts";
import { hourMs, hourOf } from "../../billing/time.ts";
import { type NamedSeries, type SeriesScope, tariffOfSeries } from "../ledger/stored-series.ts";
import {
  furtherMs,
  reachMs,
  readToAnchor,
  SamplesUnreadable,
  type StoredReader,
} from "../ledger/stored-window.ts";

/** What was changed of an hour after it was billed; credits at CREDITS_SCALE. */
export interface HourCorrection {
  readonly atMs: number;
  readonly reason: string;
  readonly actor: string;
  readonly note: string | null;
  /** The hours that it changed together, both inclusive, and what they cost before and after. */
  readonly fromHourMs: number;
  readonly untilHourMs: number;
  readonly creditsBefore: bigint;
  readonly creditsAfter: bigint;
}

/** What an operator decided on measurements of an hour, or on an increase that touches it. */
export interface HourDecision {
  readonly decision: "discarded" | "accepted" | "rejected";
  /** The stretch that was decided on, both inclusive. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly atMs: number;
  readonly actor: string;
  readonly reason: string;
}

export interface HourAdjustment {
  readonly atMs: number;
  readonly credits: bigint;
  readonly reason: string;
  readonly actor: string;
}

/** The ledger of one project, all of one instant. */
export interface HourReader extends StoredReader {
  tariffs(): Promise<TariffOf>;
  series(projectName: string, scope: SeriesScope): Promise<readonly NamedSeries[]>;
  /** By series; one that used nothing is left out. */
  ledgerHour(seriesIds: readonly number[], hour: number): Promise<ReadonlyMap<number, HourCost>>;
  corrections(
    seriesIds: readonly number[],
    hour: number,
  ): Promise<ReadonlyMap<number, readonly HourCorrection[]>>;
  decisions(
    seriesIds: readonly number[],
    hour: number,
  ): Promise<ReadonlyMap<number, readonly HourDecision[]>>;
  adjustments(projectName: string, hour: number): Promise<readonly HourAdjustment[]>;
}

export interface ExplainedSeries extends ExplainedHour {
  readonly metric: string;
  readonly site: string;
  readonly resource: string;
  readonly unit: string;
  /** What the ledger has for the hour. */
  readonly billed: HourCost;
  /** `removed`: by retention, so that nothing can be shown but the sum; `damaged`: they cannot be read. */
  readonly measurements: "kept" | "removed" | "damaged";
  readonly corrections: readonly HourCorrection[];
  readonly decisions: readonly HourDecision[];
}

export interface ExplainedProjectHour {
  readonly series: readonly ExplainedSeries[];
  readonly adjustments: readonly HourAdjustment[];
}

/** More than a person can look at, a request may take the time for, or an answer may hold. */
export class HourTooLarge extends Error {
  override readonly name = "HourTooLarge";
}

const seriesMax = 100;
// A part takes about 420 bytes, 700 at most, and Lambda hands out 6 MB. 33 series scraped every 15 seconds.
const partsMax = 8_000;
const nothing: HourCost = { usage: 0n, credits: 0n };
const noParts: ExplainedHour = { parts: [], held: [], pendingCredits: 0n };
const withoutTariff = { measurements: "kept", ...noParts } as const;

/**
 * How an hour of a project came about: of each series that has something to say of it, its measurements and
 * rules, and what of it was corrected. Throws `HourTooLarge`.
 */
export async function explainProjectHour(
  reader: HourReader,
  projectName: string,
  scope: SeriesScope,
  hour: number,
): Promise<ExplainedProjectHour> {
  const all = await reader.series(projectName, scope);
  const allIds = all.map(({ seriesId }) => seriesId);
  const billed = await reader.ledgerHour(allIds, hour);
  // Of all series: a discard may have left one without a measurement from the hour on.
  const corrections = await reader.corrections(allIds, hour);
  const concerned = all.filter(
    ({ seriesId, state }) =>
      billed.has(seriesId) || corrections.has(seriesId) || (state.last?.timeMs ?? 0) >= hour,
  );
  const ids = concerned.map(({ seriesId }) => seriesId);
  if (ids.length > seriesMax) throw tooLarge(`${ids.length} series, more than ${seriesMax}`);
  const decisions = await reader.decisions(ids, hour);
  const tariffOf = await reader.tariffs();
  const series: ExplainedSeries[] = [];
  let partsCount = 0;
  for (const one of concerned.toSorted(byName)) {
    const { metric, site, resource, seriesId } = one;
    const tariff = tariffOfSeries(tariffOf, metric, one);
    const explained: ExplainedSeries = {
      ...{ metric, site, resource },
      unit: tariff?.unit ?? "",
      billed: billed.get(seriesId) ?? nothing,
      corrections: corrections.get(seriesId) ?? [],
      decisions: decisions.get(seriesId) ?? [],
      ...(tariff ? await explainSeries(reader, one, tariff, hour) : withoutTariff),
    };
    if (saysSomething(explained)) series.push(explained);
    partsCount += explained.parts.length;
    if (partsCount > partsMax) throw tooLarge(`more than ${partsMax} parts`);
  }
  return { series, adjustments: await reader.adjustments(projectName, hour) };
}

const tooLarge = (what: string): HourTooLarge =>
  new HourTooLarge(`The hour has ${what}: ask for one metric, site or resource.`);

const byName = (one: NamedSeries, other: NamedSeries): number =>
  nameOf(one) < nameOf(other) ? -1 : 1;
const nameOf = ({ metric, site, resource }: NamedSeries): string =>
  [metric, site, resource].join("\0");

/** A series that was not measured in the hour, or not yet, is left out. */
const saysSomething = ({ parts, billed, corrections, pendingCredits }: ExplainedSeries): boolean =>
  parts.length + corrections.length > 0 || billed.credits + billed.usage + pendingCredits > 0n;

async function explainSeries(
  reader: StoredReader,
  series: NamedSeries,
  tariff: Tariff,
  hour: number,
): Promise<ExplainedHour & Pick<ExplainedSeries, "measurements">> {
  if (series.floor !== null && hour < hourOf(series.floor.timeMs)) {
    return { measurements: "removed", ...noParts };
  }
  try {
    const samples = await readAroundHour(reader, series, tariff, hour);
    return { measurements: "kept", ...explainHour(samples, tariff, hour) };
  } catch (error) {
    if (!(error instanceof SamplesUnreadable)) throw error;
    return { measurements: "damaged", ...noParts };
  }
}

/** The stored samples that the hour depends on: from an anchor before it to one behind it. */
async function readAroundHour(
  reader: StoredReader,
  series: NamedSeries,
  tariff: Tariff,
  hour: number,
): Promise<SamplesOfHour> {
  const endMs = hour + hourMs;
  // Before the hour: where there is none, a first measurement at its very start is known for the first one.
  const beforeMs = hour - 1;
  let untilMs = endMs + largestDipWindow(tariff) + reachMs;
  for (let reads = 1; ; reads++) {
    const { anchor, samples } = await readToAnchor(reader, series, tariff, beforeMs, untilMs);
    const isEnd = samples.at(-1)?.timeMs === series.state.last?.timeMs;
    // They begin at an anchor, which no sample from before it could undo.
    const behind = anchorAtOrAfter({ stored: samples, reachesStart: true }, tariff, endMs);
    if (isEnd || behind !== undefined || untilMs === Number.POSITIVE_INFINITY) {
      const lastMs = behind?.timeMs ?? untilMs;
      return {
        samples: samples.filter(({ timeMs }) => timeMs <= lastMs),
        isBeginning: anchor === null && series.floor === null,
        floorPart: samples[0]?.timeMs === series.floor?.timeMs ? series.floorPart : null,
      };
    }
    untilMs += furtherMs(reads);
  }
}
