import type pg from "pg";
import { mergeSamples } from "../../billing/merge.ts";
import type { Sample } from "../../billing/sample.ts";
import { addToSegments, removeFromSegments } from "../../segments/late-samples.ts";
import type { SegmentEnd } from "../../segments/segment-format.ts";
import { growSegment, type OpenSegment, type PackedSegment } from "../../segments/segment-size.ts";
import type { Head } from "./heads.ts";
import { deleteSegments } from "./queries/delete-segments.ts";
import { insertSegments, type NewSegment } from "./queries/insert-segments.ts";
import { sealSegments } from "./queries/seal-segments.ts";
import type { StoredSegment } from "./read-samples.ts";

/** Changes of the stored samples of one series. */
export interface SampleChange {
  readonly head: Head;
  /** New or lowered samples, ascending. */
  readonly samples: readonly Sample[];
  /** The times of stored samples that are to go. */
  readonly removedMs: ReadonlySet<number>;
}

/** The open segment after the change; null: nothing is left of it. */
export type OpenChange = OpenSegment | "unchanged" | null;

interface SegmentChange {
  readonly sealsOpen: boolean;
  readonly deleted: readonly number[];
  readonly written: readonly PackedSegment[];
  readonly open: OpenChange;
}

/**
 * Stores samples where they belong, except for what goes into the heads: that is answered, in the order of
 * the changes, and written with the rest of the head. `stored` has the segments that hold samples to be
 * lowered or removed, or would take late ones in.
 */
export async function storeSamples(
  client: pg.ClientBase,
  changes: readonly SampleChange[],
  stored: ReadonlyMap<number, readonly StoredSegment[]>,
): Promise<readonly OpenChange[]> {
  const full: number[] = [];
  const deleted: { readonly seriesId: number; readonly fromMs: number }[] = [];
  const written: NewSegment[] = [];
  const open: OpenChange[] = [];
  for (const change of changes) {
    const { seriesId } = change.head;
    const planned = planChange(change, stored.get(seriesId) ?? []);
    open.push(planned.open);
    if (planned.sealsOpen) full.push(seriesId);
    for (const fromMs of planned.deleted) deleted.push({ seriesId, fromMs });
    for (const segment of planned.written) written.push({ seriesId, ...segment });
  }
  if (full.length > 0) await sealSegments(client, full);
  if (deleted.length > 0) await deleteSegments(client, deleted);
  if (written.length > 0) await insertSegments(client, written);
  return open;
}

function planChange(change: SampleChange, stored: readonly StoredSegment[]): SegmentChange {
  const { head, samples, removedMs } = change;
  const lastMs = head.last?.timeMs ?? Number.NEGATIVE_INFINITY;
  const isInOrder = removedMs.size === 0 && (samples[0]?.timeMs ?? lastMs) > lastMs;
  return isInOrder ? append(head.end, samples) : rewrite(change, stored, lastMs);
}

const none: readonly never[] = [];

function append(end: SegmentEnd | null, samples: readonly Sample[]): SegmentChange {
  if (samples.length === 0) {
    return { sealsOpen: false, deleted: none, written: none, open: "unchanged" };
  }
  const grown = growSegment(end, samples);
  return { sealsOpen: grown.sealsOpen, deleted: none, written: grown.sealed, open: grown.open };
}

function rewrite(
  { head, samples, removedMs }: SampleChange,
  stored: readonly StoredSegment[],
  lastMs: number,
): SegmentChange {
  // It was read if it begins at or before any of the samples that are to be changed.
  const openFromMs = stored.find(({ isOpen }) => isOpen)?.fromMs ?? Number.POSITIVE_INFINITY;
  const next = samples.filter(({ timeMs }) => timeMs > lastMs);
  const late = samples.filter(({ timeMs }) => timeMs <= lastMs);
  const lateInOpen = late.filter(({ timeMs }) => timeMs >= openFromMs);
  const sealed = stored.filter(({ isOpen }) => !isOpen);
  const { deleted, written } =
    removedMs.size > 0
      ? removeFromSegments(sealed, removedMs)
      : addToSegments(
          sealed,
          late.filter(({ timeMs }) => timeMs < openFromMs),
        );
  const changesOpen =
    lateInOpen.length > 0 || [...removedMs].some((timeMs) => timeMs >= openFromMs);
  const grown = changesOpen
    ? rewriteOpen(head, stored, [...lateInOpen, ...next], removedMs)
    : append(head.end, next);
  return { ...grown, deleted, written: [...written, ...grown.written] };
}

/** Begins the open segment anew, with what it holds and these samples, and without those that go. */
function rewriteOpen(
  head: Head,
  stored: readonly StoredSegment[],
  added: readonly Sample[],
  removedMs: ReadonlySet<number>,
): SegmentChange {
  const open = stored.find(({ isOpen }) => isOpen);
  if (open === undefined)
    throw new Error(`the open segment of series ${head.seriesId} was not read`);
  const left = mergeSamples(open.samples, added).samples.filter(
    ({ timeMs }) => !removedMs.has(timeMs),
  );
  if (left.length > 0) return append(null, left);
  return { sealsOpen: false, deleted: none, written: none, open: null };
}
