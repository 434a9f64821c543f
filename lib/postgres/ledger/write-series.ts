import type pg from "pg";
import { formatDecimal, VALUE_SCALE } from "../../billing/decimal.ts";
import type { Sample } from "../../billing/sample.ts";
import type { Head } from "./heads.ts";
import type { HourPlan, SeriesHours } from "./open-hour.ts";
import type { CorrectionCause } from "./queries/insert-corrections.ts";
import { updateFirstTimes } from "./queries/update-first-times.ts";
import { type HeadUpdate, updateHeads } from "./queries/update-heads.ts";
import { readSegmentsAt, type StoredSegment } from "./read-samples.ts";
import { type OpenChange, storeSamples } from "./store-samples.ts";
import { creditsText, usageText, writeHours } from "./write-hours.ts";

/** All that a booking changes of one series. */
export interface SeriesWrite extends SeriesHours {
  /** New or lowered samples, ascending. */
  readonly samples: readonly Sample[];
  /** The times of stored samples that are to go. */
  readonly removedMs: ReadonlySet<number>;
}

export const nothingRemoved: ReadonlySet<number> = new Set();

/** Another transaction moved a head that this one has locked: nothing may be written over it. */
export class HeadMoved extends Error {
  override readonly name = "HeadMoved";
}

/** Stores samples and where the series stand, and books the hours. `stored`: segments that were read already. */
export async function writeSeries(
  client: pg.ClientBase,
  writes: readonly SeriesWrite[],
  cause: CorrectionCause,
  stored: ReadonlyMap<number, readonly StoredSegment[]>,
): Promise<void> {
  const open = await storeSamples(
    client,
    writes.map((write) => ({ ...write, stored: stored.get(write.head.seriesId) ?? [] })),
  );
  const planned = await writeHours(client, writes, cause);
  const updates = planned.map((write) =>
    toHeadUpdate(write, open.get(write.head.seriesId) ?? null),
  );
  const updated = await updateHeads(client, updates);
  if (updated !== updates.length) {
    throw new HeadMoved(`${updates.length - updated} of ${updates.length} heads have moved`);
  }
  await writeFirstTimes(client, writes);
}

/** The same, where the segments that hold the samples to be removed have not been read. */
export async function writeOneSeries(
  client: pg.ClientBase,
  write: SeriesWrite,
  cause: CorrectionCause,
): Promise<void> {
  const request = { seriesId: write.head.seriesId, timesMs: [...write.removedMs] };
  await writeSeries(client, [write], cause, await readSegmentsAt(client, [request]));
}

function toHeadUpdate(
  { head, state: { last, openDrop }, plan }: SeriesWrite & { readonly plan: HourPlan },
  open: OpenChange,
): HeadUpdate {
  return {
    seriesId: head.seriesId,
    expectedMs: head.last?.timeMs ?? null,
    lastMs: last?.timeMs ?? null,
    lastValue: valueText(last),
    peakMs: openDrop?.peak.timeMs ?? null,
    peakValue: valueText(openDrop?.peak ?? null),
    droppedAtMs: openDrop?.droppedAtMs ?? null,
    opensHour: plan.opensHour,
    usage: usageText(plan.open.usage),
    credits: creditsText(plan.open.credits),
    ...toSegmentUpdate(head, open),
  };
}

const valueText = (sample: Sample | null) =>
  sample === null ? null : formatDecimal(sample.value, VALUE_SCALE);

const noBytes = new Uint8Array();

function toSegmentUpdate(head: Head, open: OpenChange) {
  const change = open === "unchanged" ? { isNew: false, bytes: noBytes, ...head.open } : open;
  return {
    opensSegment: change?.isNew ?? true,
    segmentFromMs: change?.fromMs ?? null,
    segmentCount: change?.end?.count ?? 0,
    segmentStepMs: change?.end?.stepMs ?? 0,
    segmentDecimals: change?.end?.decimals ?? 0,
    bytes: change?.bytes ?? noBytes,
  };
}

/** A series begins with its first sample, or earlier when a late one comes. */
async function writeFirstTimes(
  client: pg.ClientBase,
  writes: readonly SeriesWrite[],
): Promise<void> {
  const first = writes.flatMap(({ head, samples: [sample] }) =>
    sample !== undefined && sample.timeMs < (head.last?.timeMs ?? Number.POSITIVE_INFINITY)
      ? [{ seriesId: head.seriesId, timeMs: sample.timeMs }]
      : [],
  );
  if (first.length === 0) return;
  await updateFirstTimes(
    client,
    first.map(({ seriesId }) => seriesId),
    first.map(({ timeMs }) => timeMs),
  );
}
