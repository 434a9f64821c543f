import type pg from "pg";
import { type HeldChange, noHeldChange } from "../../billing/held-increases.ts";
import type { Sample } from "../../billing/sample.ts";
import type { Head } from "./heads.ts";
import { writeHeldIncreases } from "./held-increases.ts";
import type { HourPlan, SeriesHours } from "./open-hour.ts";
import { appendToHeads } from "./queries/append-to-heads.ts";
import type { HeadUpdate } from "./queries/head-update.ts";
import type { CorrectionCause } from "./queries/insert-corrections.ts";
import { updateFirstTimes } from "./queries/update-first-times.ts";
import { updateHeads } from "./queries/update-heads.ts";
import { readSegmentsAt, type StoredSegment } from "./read-samples.ts";
import { type OpenChange, storeSamples } from "./store-samples.ts";
import { addCredits, type ProjectCredits, writeUsedCredits } from "./used-credits.ts";
import { writeHours } from "./write-hours.ts";

/** All that a booking changes of one series. */
export interface SeriesWrite extends SeriesHours {
  /** New or lowered samples, ascending. */
  readonly samples: readonly Sample[];
  /** The times of stored samples that are to go. */
  readonly removedMs: ReadonlySet<number>;
  readonly held: HeldChange;
}

export const nothingRemoved: ReadonlySet<number> = new Set();

/** Another transaction moved a head that this one has locked: nothing may be written over it. */
export class HeadMoved extends Error {
  override readonly name = "HeadMoved";
}

/**
 * Stores samples and where the series stand, and books the hours; what they cost is added to `credits`.
 * `stored` are the segments that were read already.
 */
export async function writeSeries(
  client: pg.ClientBase,
  writes: readonly SeriesWrite[],
  cause: CorrectionCause,
  stored: ReadonlyMap<number, readonly StoredSegment[]>,
  credits: ProjectCredits,
): Promise<void> {
  const open = await storeSamples(client, writes, stored);
  const plans = await writeHours(client, writes, cause);
  const going: HeadUpdate[] = [];
  const turning: HeadUpdate[] = [];
  for (const [index, write] of writes.entries()) {
    const update = toHeadUpdate(write, plans[index] as HourPlan, open[index] as OpenChange);
    (goesOn(write.head, update) ? going : turning).push(update);
    addCredits(credits, write.head.projectId, write.hours);
  }
  let updated = 0;
  if (going.length > 0) updated += await appendToHeads(client, going);
  if (turning.length > 0) updated += await updateHeads(client, turning);
  if (updated !== writes.length) {
    throw new HeadMoved(`${writes.length - updated} of ${writes.length} heads have moved`);
  }
  await writeFirstTimes(client, writes);
  const holding = writes.filter(({ held }) => held !== noHeldChange);
  if (holding.length > 0) {
    await writeHeldIncreases(
      client,
      holding.map(({ head, held }) => ({ seriesId: head.seriesId, held })),
    );
  }
}

/** The same for one series; the segments are read, and the credits are booked. */
export async function writeOneSeries(
  client: pg.ClientBase,
  write: SeriesWrite,
  cause: CorrectionCause,
): Promise<void> {
  const request = { seriesId: write.head.seriesId, timesMs: [...write.removedMs] };
  const credits: ProjectCredits = new Map();
  const stored = await readSegmentsAt(client, [request]);
  await writeSeries(client, [write], cause, stored, credits);
  await writeUsedCredits(client, credits);
}

/** Whether the head only grows: `appendToHeads` is for those. */
const goesOn = (head: Head, { opensHour, opensSegment, peakMs }: HeadUpdate): boolean =>
  !opensHour && !opensSegment && peakMs === null && !head.hasOpenDrop;

function toHeadUpdate(
  { head, state: { last, openDrop } }: SeriesWrite,
  { opensHour, open: hour }: HourPlan,
  open: OpenChange,
): HeadUpdate {
  const change = open === "unchanged" ? null : open;
  const end = open === "unchanged" ? head.end : change?.end;
  return {
    seriesId: head.seriesId,
    expectedMs: head.last?.timeMs ?? null,
    lastMs: last?.timeMs ?? null,
    lastValue: last?.value ?? null,
    peakMs: openDrop?.peak.timeMs ?? null,
    peakValue: openDrop?.peak.value ?? null,
    droppedAtMs: openDrop?.droppedAtMs ?? null,
    opensHour,
    usage: hour.usage,
    credits: hour.credits,
    opensSegment: open !== "unchanged" && (change === null || change.fromMs !== null),
    segmentFromMs: change?.fromMs ?? null,
    segmentCount: end?.count ?? 0,
    segmentStepMs: end?.stepMs ?? 0,
    segmentDecimals: end?.decimals ?? 0,
    bytes: change?.bytes ?? noBytes,
  };
}

const noBytes = new Uint8Array();

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
