/** A segment as it is stored, sealed or still open. */
export interface SegmentRow {
  readonly series_id: number;
  readonly from_ms: number;
  readonly count: number;
  readonly samples: Buffer;
  /** It stands in the head of its series. */
  readonly is_open: boolean;
}

/** The columns of a `SegmentRow`, of the table of sealed segments and of the heads. */
export const sealedColumns =
  "round(date_part('epoch', from_time) * 1000) as from_ms, count, samples, false as is_open";
export const openColumns =
  "round(date_part('epoch', segment_from) * 1000) as from_ms, segment_count as count, segment as samples, true as is_open";
