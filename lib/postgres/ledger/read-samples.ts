import type pg from "pg";
import type { Sample } from "../../billing/sample.ts";
import { DamagedSegment } from "../../segments/damaged-segment.ts";
import { decodeSegment } from "../../segments/decode.ts";
import type { TimesRequest } from "../../usecases/ledger/ledger.ts";
import { SamplesUnreadable, type WindowRequest } from "../../usecases/ledger/stored-window.ts";
import type { SegmentRow } from "./queries/segment-rows.ts";
import { selectSegmentWindows } from "./queries/select-segment-windows.ts";
import { selectSegmentsAt } from "./queries/select-segments-at.ts";

/** A segment with its samples unpacked. */
export interface StoredSegment {
  readonly fromMs: number;
  /** It stands in the head of its series. */
  readonly isOpen: boolean;
  readonly samples: readonly Sample[];
}

/** The segments that hold these instants or would take them in, by series, in the order of time. */
export async function readSegmentsAt(
  client: pg.ClientBase,
  requests: readonly TimesRequest[],
): Promise<ReadonlyMap<number, readonly StoredSegment[]>> {
  const times = requests.flatMap(({ seriesId, timesMs }) =>
    timesMs.map((timeMs) => ({ seriesId, timeMs })),
  );
  if (times.length === 0) return new Map();
  const rows = await selectSegmentsAt(
    client,
    times.map(({ seriesId }) => seriesId),
    times.map(({ timeMs }) => timeMs),
  );
  const bySeries = Map.groupBy(rows, (row) => row.series_id);
  return new Map([...bySeries].map(([seriesId, segments]) => [seriesId, segments.map(unpack)]));
}

/** The answer to a request: the samples as `StoredReader` says, and the segments that hold them. */
interface ReadWindow {
  readonly read: readonly Sample[];
  readonly segments: readonly StoredSegment[];
}

/** See `StoredReader`. */
export async function readWindows<Request extends WindowRequest>(
  client: pg.ClientBase,
  requests: readonly Request[],
): Promise<readonly (Request & ReadWindow)[]> {
  const byPosition = Map.groupBy(
    await selectSegmentWindows(client, requests),
    (row) => row.position,
  );
  return requests.map((request, index) => {
    const segments = (byPosition.get(index + 1) ?? []).map(unpack);
    if (!areInOrder(segments)) {
      throw new SamplesUnreadable(`series ${request.seriesId}: segments overlap`);
    }
    return { ...request, segments, read: within(segments, request) };
  });
}

function within(
  segments: readonly StoredSegment[],
  { fromMs, toMs }: WindowRequest,
): readonly Sample[] {
  const samples = segments.flatMap((segment) => segment.samples);
  // The last one before the stretch comes along.
  const before = samples.findLastIndex(
    ({ timeMs }) => timeMs < (fromMs ?? Number.NEGATIVE_INFINITY),
  );
  const end = toMs === null ? -1 : samples.findIndex(({ timeMs }) => timeMs > toMs);
  return samples.slice(
    Math.max(before, 0),
    end === -1 ? samples.length : Math.max(end, before + 1),
  );
}

/** Those of one segment ascend, or it would not have been decoded. */
const areInOrder = (segments: readonly StoredSegment[]): boolean =>
  segments.every(({ samples }, index) => {
    const before = segments[index - 1]?.samples.at(-1)?.timeMs ?? Number.NEGATIVE_INFINITY;
    return (samples[0]?.timeMs ?? Number.POSITIVE_INFINITY) > before;
  });

function unpack({ series_id, from_ms, is_open, count, samples }: SegmentRow): StoredSegment {
  try {
    return { fromMs: from_ms, isOpen: is_open, samples: decodeSegment(samples, count) };
  } catch (cause) {
    if (!(cause instanceof DamagedSegment)) throw cause;
    throw new SamplesUnreadable(`series ${series_id}: ${cause.message}`, { cause });
  }
}
